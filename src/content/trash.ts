// The trash: throwing away, bringing back, deleting for good, alike for pages, databases and data sources. Whatever is below
// goes along and is flagged itself, so that no list has to look up the tree; it names what it was thrown away with, so that
// bringing back undoes exactly that. The tree is taken: nothing is put below what is being thrown away.

import type { AuditAction } from '../audit/entry.js';
import type { EventType } from '../events/event.js';
import type { Actor } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import { type Caller, commit, type Unit } from '../unit-of-work.js';
import type { ChangeOf } from './look.js';
import { recordRowsOf } from './new-page.js';
import { type Kind, lockEditable, lockTarget, requireTargetVersion, rewrite, type Target, wordFor } from './target.js';
import { takeTree } from './tree-lock.js';

/** Puts a page or row into the trash, with all that is below it. Refused: what the actor may not update; what lies there
 *  already; what is locked; a stale version. What is locked further down goes along. */
export const trashPage = (caller: Caller, input: ChangeOf): Promise<{ id: Id }> => trash(caller, 'Page', input);
export const trashDatabase = (caller: Caller, input: ChangeOf): Promise<{ id: Id }> => trash(caller, 'Database', input);
export const trashDataSource = (caller: Caller, input: ChangeOf): Promise<{ id: Id }> =>
  trash(caller, 'DataSource', input);

/** Brings back what was thrown away, with all that went along. What had been in the trash before stays there. Refused: what
 *  the actor may not update; what is not in the trash; what went along with something above; what is below something that
 *  lies in the trash; a stale version. */
export const restorePage = (caller: Caller, input: ChangeOf): Promise<{ id: Id }> => restore(caller, 'Page', input);
export const restoreDatabase = (caller: Caller, input: ChangeOf): Promise<{ id: Id }> =>
  restore(caller, 'Database', input);
export const restoreDataSource = (caller: Caller, input: ChangeOf): Promise<{ id: Id }> =>
  restore(caller, 'DataSource', input);

/** Deletes for good what lies in the trash, with all that is below it and every share of it. Bytes of files stay where they
 *  are. The audit log keeps that it was done; no event tells. Refused: what the actor may not update; what is not in the
 *  trash; a stale version. */
export const deletePage = (caller: Caller, input: ChangeOf): Promise<{ id: Id }> => remove(caller, 'Page', input);
export const deleteDatabase = (caller: Caller, input: ChangeOf): Promise<{ id: Id }> =>
  remove(caller, 'Database', input);
export const deleteDataSource = (caller: Caller, input: ChangeOf): Promise<{ id: Id }> =>
  remove(caller, 'DataSource', input);

const TRASHED: Record<Kind, EventType> = {
  Page: 'PAGE_DELETED',
  Database: 'DATABASE_DELETED',
  DataSource: 'DATA_SOURCE_DELETED',
};
const RESTORED: Record<Kind, EventType> = {
  Page: 'PAGE_UNDELETED',
  Database: 'DATABASE_UNDELETED',
  DataSource: 'DATA_SOURCE_UNDELETED',
};
const DELETED: Record<Kind, AuditAction> = {
  Page: 'page.erased',
  Database: 'database.erased',
  DataSource: 'data_source.erased',
};

function trash(caller: Caller, kind: Kind, input: ChangeOf): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    takeTree(unit);
    const target = await lockEditable(unit, { kind, id: input.id, doing: `trash a ${wordFor(kind)}` }, input);
    const version = await rewrite(unit, target, [sql`in_trash = true`, sql`trashed_with = ${target.id}::uuid`]);
    await flagBelow(unit, target, {
      set: sql`in_trash = true, trashed_with = ${target.id}::uuid`,
      where: sql`not in_trash`,
    });
    await record(unit, TRASHED[kind], target, version);
    return { id: target.id };
  });
}

function restore(caller: Caller, kind: Kind, input: ChangeOf): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    takeTree(unit);
    const target = await lockTarget(unit, { kind, id: input.id, doing: `restore a ${wordFor(kind)}` });
    requireTargetVersion(target, input.expectedVersion);
    requireTrashed(target);
    await requireRestorable(unit, target);
    const version = await rewrite(unit, target, [sql`in_trash = false`, sql`trashed_with = null`]);
    await flagBelow(unit, target, {
      set: sql`in_trash = false, trashed_with = null`,
      where: sql`trashed_with = ${target.id}::uuid`,
    });
    await record(unit, RESTORED[kind], target, version);
    return { id: target.id };
  });
}

function remove(caller: Caller, kind: Kind, input: ChangeOf): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    takeTree(unit);
    const target = await lockTarget(unit, { kind, id: input.id, doing: `delete a ${wordFor(kind)}` });
    requireTargetVersion(target, input.expectedVersion);
    requireTrashed(target);
    const shares = await endShares(unit, target);
    const counts = await deleteWithAllBelow(unit, target);
    unit.audit({ action: DELETED[kind], targetId: target.id, details: counts });
    for (const { id } of shares) {
      unit.audit({ action: 'share.revoked', targetId: id, details: { because: DELETED[kind], resourceId: target.id } });
    }
    return { id: target.id };
  });
}

function requireTrashed({ kind, inTrash }: Target): void {
  if (inTrash) return;
  throw new Refusal('INVALID_STATE', `The ${wordFor(kind)} does not lie in the trash.`);
}

async function requireRestorable({ actor, rows }: Unit, { kind, id, parentId, trashedWith }: Target): Promise<void> {
  const word = wordFor(kind);
  if (trashedWith !== id) {
    throw new Refusal('INVALID_STATE', `The ${word} went into the trash with something above it. Restore that.`);
  }
  const [above] = await rows(sql<{ inTrash: boolean }>`
    select in_trash as "inTrash" from resource
     where workspace_id = ${actor.workspaceId} and id = ${parentId}::uuid`);
  if (above?.inTrash) {
    throw new Refusal('INVALID_STATE', `What the ${word} stands below lies in the trash. Restore that first.`);
  }
}

/** Everything below, without the thing itself. */
async function flagBelow(
  { actor, rows }: Unit,
  { id }: Target,
  { set, where }: { set: Sql; where: Sql },
): Promise<void> {
  const flag = (table: Sql): Sql => sql`
    update ${table} set ${set}
     where workspace_id = ${actor.workspaceId} and ancestors @> array[${id}::uuid] and id <> ${id}::uuid and ${where}`;
  await rows(sql`
    with page_below as (${flag(sql.ref('page'))}), database_below as (${flag(sql.ref('database'))})
    ${flag(sql.ref('data_source'))}`);
}

async function record(unit: Unit, type: EventType, target: Target, resourceVersion: number): Promise<void> {
  const { id: resourceId, ancestors, parentKind } = target;
  unit.change({ type, resourceId, resourceVersion, ancestors });
  if (parentKind === 'DATA_SOURCE') await recordRowsOf(unit, target);
}

/** Ends what is shared of it and of all below: an id that comes again, by an import, is open to nobody. Who ended it is a
 *  person; of a connection the audit log tells. */
function endShares({ actor, rows }: Unit, target: Target): Promise<{ id: Id }[]> {
  return rows(sql<{ id: Id }>`
    update share set revoked_at = least(clock_timestamp(), expires_at),
                     revoked_by = case when expires_at <= clock_timestamp() then null else ${personIdOf(actor)}::uuid end
     where workspace_id = ${actor.workspaceId} and revoked_at is null
       and resource_id in (select id from resource where ${isOrIsBelow(target, actor.workspaceId)})
    returning id`);
}

/** How much was deleted. One statement: foreign keys are looked at when it has ended. */
async function deleteWithAllBelow({ actor, rows }: Unit, target: Target): Promise<Record<string, number>> {
  const { workspaceId } = actor;
  const here = sql`workspace_id = ${workspaceId}`;
  const below = isOrIsBelow(target, workspaceId);
  const gone = sql`(select id from gone)`;
  const [counts] = await rows(sql<Record<string, number>>`
    with gone as (select id from resource where ${below}),
         deleted_blocks as (delete from block where ${here} and page_id in ${gone}),
         deleted_values as (delete from row_value where ${here} and (page_id in ${gone} or data_source_id in ${gone})),
         deleted_slots as (delete from property_slot where ${here} and data_source_id in ${gone}),
         forgotten as (delete from imported where ${here} and resource_id in ${gone}),
         left_behind as (update file set page_id = null where ${here} and page_id in ${gone}),
         deleted_pages as (delete from page where ${below} returning 1),
         deleted_sources as (delete from data_source where ${below} returning 1),
         deleted_databases as (delete from database where ${below} returning 1)
    select (select count(*)::int from deleted_pages) as pages,
           (select count(*)::int from deleted_databases) as databases,
           (select count(*)::int from deleted_sources) as "dataSources"`);
  return counts ?? {};
}

const isOrIsBelow = ({ id }: Target, workspaceId: Id): Sql =>
  sql`workspace_id = ${workspaceId} and ancestors @> array[${id}::uuid]`;

const personIdOf = (actor: Actor): Id | null => (actor.kind === 'PERSON' ? actor.personId : null);
