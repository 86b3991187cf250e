// Commands on databases and on where data sources stand, but for the trash (trash.ts) and for columns. Each answers with
// ids, so that it can be answered again.

import { attachUploads } from '../file/attach.js';
import { userIdOf } from '../gate/actor.js';
import { type Id, newId } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import type { NewPropertyInput } from '../property/column-input.js';
import { commit } from '../unit-of-work.js';
import { limitsOf, requireText, type Writer } from './limits.js';
import { type ChangeOf, firstLook, type LookInput, lookChanges, readLook, requireSome, uploadsOfLook } from './look.js';
import { insertDataSource, TITLE_COLUMN } from './new-data-source.js';
import { lockPlace, type Place, requireDepth } from './place.js';
import { relocate } from './relocate.js';
import { beginSchema } from './schema-writer.js';
import { lockEditable, lockTarget, requireLive, requireTargetVersion, rewrite } from './target.js';
import { holdTree, takeTree } from './tree-lock.js';

/** Columns of a new data source besides its title; one of type TITLE says what the title is called. */
interface ColumnsInput {
  properties?: readonly NewPropertyInput[] | null | undefined;
}

const PROPERTIES = ['properties'];

/** Levels of a database itself: its data source and a row stand below it. */
const OWN_LEVELS = 3;

/** Makes a database with its first data source, which is called like it. Refused like `createPage`; and what
 *  `alter` refuses of its columns. */
export async function createDatabase(
  caller: Writer,
  input: LookInput & ColumnsInput & { parent: Place },
): Promise<{ id: Id; dataSourceId: Id }> {
  const { title, icon, cover } = firstLook(readLook(caller, input));
  return commit(caller, async (unit) => {
    holdTree(unit);
    const spot = await lockPlace(unit, input.parent, 'make a database');
    requireDepth(spot, OWN_LEVELS, limitsOf(caller));
    const { actor } = unit;
    const [id, dataSourceId] = [newId(), newId()];
    await attachUploads(unit, uploadsOfLook({ icon, cover }, id, []));
    const ancestors = [...spot.ancestors, id];
    const editor = userIdOf(actor);
    await unit.rows(sql`
      insert into database (workspace_id, id, parent_kind, parent_id, teamspace_id, title, ancestors, icon, cover,
                            created_by, last_edited_by)
      values (${actor.workspaceId}, ${id}, ${spot.parentKind}, ${spot.parent?.id ?? null}::uuid, ${spot.teamspaceId}::uuid,
              ${title}, ${ancestors}::uuid[], ${icon && JSON.stringify(icon)}::jsonb, ${cover && JSON.stringify(cover)}::jsonb,
              ${editor}::uuid, ${editor}::uuid)`);
    unit.change({ type: 'DATABASE_CREATED', resourceId: id, resourceVersion: 1, ancestors });
    await insertDataSource(unit, { id, ancestors }, { id: dataSourceId, title, properties: [TITLE_COLUMN] });
    await beginSchema(unit, {
      id: dataSourceId,
      columns: input.properties ?? [],
      limits: limitsOf(caller),
      path: PROPERTIES,
    });
    return { id, dataSourceId };
  });
}

/** Changes title, icon or cover of a database. What is left out stays; null takes icon and cover away and empties the title.
 *  No event tells of it: the reference product has none. Refused: what the actor may not update, what lies in the trash or is
 *  locked, a stale version, no change at all. */
export async function updateDatabase(caller: Writer, input: LookInput & ChangeOf): Promise<{ id: Id }> {
  const look = readLook(caller, input);
  return commit(caller, async (unit) => {
    holdTree(unit);
    requireSome(look);
    const asked = { kind: 'Database', id: input.id, doing: 'update a database' } as const;
    const database = await lockEditable(unit, asked, input);
    await attachUploads(unit, uploadsOfLook(look, database.id, []));
    const { set } = lookChanges(database, look);
    if (set.length === 0) unit.unchanged();
    else {
      await rewrite(unit, database, set);
      unit.unannounced();
    }
    return { id: database.id };
  });
}

/** Puts a database elsewhere, with its data sources and all that is below them; where it stands already, nothing is done.
 *  Refused like `movePage`. */
export function moveDatabase(caller: Writer, input: ChangeOf & { parent: Place }): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    takeTree(unit);
    const asked = { kind: 'Database', id: input.id, doing: 'move a database' } as const;
    const database = await lockEditable(unit, asked, input);
    const spot = await lockPlace(unit, input.parent, 'move a database there');
    const moved = await relocate(unit, database, spot, limitsOf(caller));
    if (moved === null) unit.unchanged();
    else {
      const { version, ancestors } = moved;
      unit.change({ type: 'DATABASE_MOVED', resourceId: database.id, resourceVersion: version, ancestors });
    }
    return { id: database.id };
  });
}

/** Keeps a database, its columns and its data sources from being changed until it is unlocked; rows are written all the same.
 *  A locked one stays so. No event tells of it. Refused: what the actor may not update, what lies in the trash, a stale
 *  version. */
export const lockDatabase = (caller: Writer, input: ChangeOf): Promise<{ id: Id }> => setLock(caller, input, true);

/** Lets a database be changed again; one that is not locked stays so. Refused like `lockDatabase`. */
export const unlockDatabase = (caller: Writer, input: ChangeOf): Promise<{ id: Id }> => setLock(caller, input, false);

function setLock(caller: Writer, input: ChangeOf, locked: boolean): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    holdTree(unit);
    const doing = `${locked ? 'lock' : 'unlock'} a database`;
    const database = await lockTarget(unit, { kind: 'Database', id: input.id, doing });
    requireLive(database);
    requireTargetVersion(database, input.expectedVersion);
    if (database.isLocked === locked) unit.unchanged();
    else {
      await rewrite(unit, database, [sql`locked = ${locked}`]);
      unit.unannounced();
    }
    return { id: database.id };
  });
}

/** Makes another data source in a database, with a title column and those
 *  given. Refused: where the actor may not insert; a database that
 *  lies in the trash or is locked; a title that is too long; too deep a tree. */
export async function createDataSource(
  caller: Writer,
  input: ColumnsInput & { databaseId: Id; title?: string | null | undefined },
): Promise<{ id: Id }> {
  const limits = limitsOf(caller);
  const title = requireText(input.title ?? '', limits, { limit: 'maxTitleLength', path: ['title'] });
  return commit(caller, async (unit) => {
    holdTree(unit);
    const spot = await lockPlace(unit, { kind: 'Database', id: input.databaseId }, 'make a data source');
    requireDepth(spot, OWN_LEVELS - 1, limits);
    const id = newId();
    await insertDataSource(
      unit,
      { id: input.databaseId, ancestors: spot.ancestors },
      { id, title, properties: [TITLE_COLUMN] },
    );
    await beginSchema(unit, { id, columns: input.properties ?? [], limits, path: PROPERTIES });
    return { id };
  });
}

/** Puts a data source into another database, with its rows and all that is below them; where it stands already, nothing is
 *  done. Refused like `movePage`: a database that is locked is left alone on either side. */
export function moveDataSource(caller: Writer, input: ChangeOf & { databaseId: Id }): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    takeTree(unit);
    const asked = { kind: 'DataSource', id: input.id, doing: 'move a data source' } as const;
    const dataSource = await lockEditable(unit, asked, input);
    const spot = await lockPlace(unit, { kind: 'Database', id: input.databaseId }, 'move a data source there');
    const moved = await relocate(unit, dataSource, spot, limitsOf(caller));
    if (moved === null) unit.unchanged();
    else {
      const { version, ancestors } = moved;
      unit.change({ type: 'DATA_SOURCE_MOVED', resourceId: dataSource.id, resourceVersion: version, ancestors });
    }
    return { id: dataSource.id };
  });
}
