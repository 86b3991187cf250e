// What a command is about: one page, database or data source, locked until the commit, as far as the actor reaches it and
// with the bits she has on that very object. What a command asks of it before it writes stands here as well.

import { userIdOf } from '../gate/actor.js';
import { requireBits, requireVersion } from '../gate/ask.js';
import type { Bits, Capability } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';
import type { StoredCover, StoredIcon } from './appearance.js';
import { reached, reachOf } from './reach.js';

export type Kind = 'Page' | 'Database' | 'DataSource';
export type ParentKind = 'WORKSPACE' | 'PAGE' | 'DATABASE' | 'DATA_SOURCE';

/** A resource as it was when it was locked. */
export interface Target {
  kind: Kind;
  id: Id;
  parentKind: ParentKind;
  /** Null at the top of the workspace. */
  parentId: Id | null;
  teamspaceId: Id | null;
  title: string;
  /** Root first, itself last. */
  ancestors: Id[];
  inTrash: boolean;
  /** What it was thrown away with: itself, or something above. */
  trashedWith: Id | null;
  /** Of a data source: whether its database is. */
  isLocked: boolean;
  version: number;
  icon: StoredIcon | null;
  cover: StoredCover | null;
  /** Bits of the actor on this very object. */
  access: Bits;
}

/** "page", "database", "data source". */
export const wordFor = (kind: Kind): string => WORDS[kind];

const WORDS: Record<Kind, string> = { Page: 'page', Database: 'database', DataSource: 'data source' };

export interface Asked {
  kind: Kind;
  id: Id;
  /** Completes "To … needs …", such as "update a page". */
  doing: string;
  /** What `lockTarget` asks for; CONTENT_UPDATE when left out. */
  needs?: Capability;
  /** The input that named it, where it is not the object of the mutation itself. */
  path?: readonly string[];
}

/** Locks what is to be changed. The tree is held or taken before (tree-lock.ts). Refused: what is missing, out of reach or
 *  of another kind, which look the same; where she lacks what it needs. It may lie in the trash or be locked: see
 *  `requireLive` and `requireUnlocked`. */
export async function lockTarget(unit: Unit, asked: Asked): Promise<Target> {
  const target = await lock(unit, asked, FOR_CHANGE[asked.kind]);
  requireBits(target, asked.needs ?? 'CONTENT_UPDATE', asked.doing, asked.path);
  return target;
}

/** Locks what is to be written as it stands. Refused besides: what lies in the trash, what is locked, a stale version. */
export async function lockEditable(
  unit: Unit,
  asked: Asked,
  { expectedVersion }: { expectedVersion?: number | null | undefined },
): Promise<Target> {
  const target = await lockTarget(unit, asked);
  requireLive(target);
  requireUnlocked(target);
  requireTargetVersion(target, expectedVersion);
  return target;
}

/** Locks what something is to be put below: several may at once, but it is not changed meanwhile. Refused: what is missing,
 *  out of reach or of another kind; where the actor may not insert; what lies in the trash; a locked page. A locked database
 *  keeps its columns and its data sources as they are, but takes rows. */
export async function lockParent(unit: Unit, asked: Asked): Promise<Target> {
  const parent = await lock(unit, asked, AS_PARENT);
  requireBits(parent, 'CONTENT_INSERT', asked.doing, asked.path);
  requireLive(parent, asked.path);
  if (parent.kind !== 'DataSource') requireUnlocked(parent, asked.path);
  return parent;
}

/** Refused: what lies in the trash. */
export function requireLive({ kind, inTrash }: Pick<Target, 'kind' | 'inTrash'>, path?: readonly string[]): void {
  if (!inTrash) return;
  throw new Refusal('INVALID_STATE', `The ${wordFor(kind)} lies in the trash. Restore it first.`, path && { path });
}

/** Refused: what is locked. */
export function requireUnlocked({ kind, isLocked }: Pick<Target, 'kind' | 'isLocked'>, path?: readonly string[]): void {
  if (!isLocked) return;
  const locked = kind === 'Page' ? 'page' : 'database';
  throw new Refusal(
    'INVALID_STATE',
    `The ${locked} is locked. Whoever may update it can unlock it first, by ${kind === 'Page' ? 'unlockPage' : 'unlockDatabase'}.`,
    path && { path },
  );
}

/** Refused: another version than the caller expected, and a version from somebody who may not read it: by trying, she would
 *  learn what it is. */
export function requireTargetVersion(
  target: Pick<Target, 'kind' | 'version' | 'access'>,
  expected: number | null | undefined,
): void {
  if (expected == null) return;
  requireBits(target, 'CONTENT_READ', `expect a version of a ${wordFor(target.kind)}`, ['expectedVersion']);
  requireVersion(target.version, expected);
}

/** One more version of a locked resource, edited now by the actor, with what `set` says besides: `title = …`. */
export async function rewrite({ actor, rows }: Unit, target: Target, set: readonly Sql[]): Promise<number> {
  const edited = [
    sql`version = version + 1`,
    sql`last_edited_at = now()`,
    sql`last_edited_by = ${userIdOf(actor)}::uuid`,
  ];
  const [row] = await rows(sql<{ version: number }>`
    update ${TABLES[target.kind]}
       set ${sql.join([...set, ...edited])}
     where workspace_id = ${actor.workspaceId} and id = ${target.id}
    returning version`);
  invariant(row, 'What was locked is gone.');
  return row.version;
}

const TABLES: Record<Kind, Sql> = {
  Page: sql.ref('page'),
  Database: sql.ref('database'),
  DataSource: sql.ref('data_source'),
};

const COLUMNS: Record<Kind, Sql> = {
  Page: sql`r.parent_kind as "parentKind", r.parent_id as "parentId", r.teamspace_id as "teamspaceId",
            r.locked as "isLocked", r.icon, r.cover`,
  Database: sql`r.parent_kind as "parentKind", r.parent_id as "parentId", r.teamspace_id as "teamspaceId",
                r.locked as "isLocked", r.icon, r.cover`,
  DataSource: sql`'DATABASE' as "parentKind", r.database_id as "parentId", null::uuid as "teamspaceId",
                  above.locked as "isLocked", null::jsonb as icon, null::jsonb as cover`,
};

const FROM: Record<Kind, Sql> = {
  Page: sql`page r`,
  Database: sql`database r`,
  DataSource: sql`data_source r
                  join database above on above.workspace_id = r.workspace_id and above.id = r.database_id`,
};

const FOR_CHANGE: Record<Kind, Sql> = {
  Page: sql`for no key update of r`,
  Database: sql`for no key update of r`,
  DataSource: sql`for no key update of r for share of above`,
};
const AS_PARENT = sql`for share of r`;

async function lock({ actor, rows }: Unit, { kind, id }: Asked, strength: Sql): Promise<Target> {
  const [row] = await rows(sql<Omit<Target, 'kind'>>`
    select r.id, r.title, r.ancestors, r.in_trash as "inTrash", r.trashed_with as "trashedWith", r.version,
           ${COLUMNS[kind]}, reach.access
      from ${FROM[kind]} cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
     where r.workspace_id = ${actor.workspaceId} and r.id = ${id}::uuid and ${reached}
       ${strength}`);
  if (!row) throw notFound(`The ${wordFor(kind)}`);
  return { kind, ...row };
}
