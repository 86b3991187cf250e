// Moves something with all that is below it. The tree is taken before (tree-lock.ts): nobody else rearranges meanwhile.

import { Refusal } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';
import type { ContentLimits } from './limits.js';
import { requireDepth, type Spot } from './place.js';
import { rewrite, type Target, wordFor } from './target.js';

/** Where it stands now. */
export interface Relocated {
  version: number;
  ancestors: string[];
}

/** Puts a locked resource where a locked spot says; null when it stands there already. Refused: below itself, which would
 *  cut the tree; too deep a tree. */
export async function relocate(
  unit: Unit,
  target: Target,
  spot: Spot,
  limits: ContentLimits,
): Promise<Relocated | null> {
  const parentId = spot.parent?.id ?? null;
  if (spot.ancestors.includes(target.id)) {
    throw new Refusal('INVALID_STATE', `The ${wordFor(target.kind)} cannot be moved below itself.`, {
      path: ['parent'],
    });
  }
  if (target.parentId === parentId && target.teamspaceId === spot.teamspaceId) return null;
  const own = target.ancestors.length;
  requireDepth(spot, (await deepestBelow(unit, target)) - own + 1, limits);
  const ancestors = [...spot.ancestors, target.id];
  const version = await rewrite(unit, target, [...parentColumns(target, spot), sql`ancestors = ${ancestors}::uuid[]`]);
  await unit.rows(sql`
    with page_below as (${moveBelow(unit, target, sql.ref('page'), ancestors)}),
         database_below as (${moveBelow(unit, target, sql.ref('database'), ancestors)})
    ${moveBelow(unit, target, sql.ref('data_source'), ancestors)}`);
  return { version, ancestors };
}

function parentColumns({ kind }: Target, { parent, parentKind, teamspaceId }: Spot): Sql[] {
  const parentId = sql`${parent?.id ?? null}::uuid`;
  if (kind === 'DataSource') return [sql`database_id = ${parentId}`];
  return [sql`parent_kind = ${parentKind}`, sql`parent_id = ${parentId}`, sql`teamspace_id = ${teamspaceId}::uuid`];
}

/** What is below keeps its own end of the path, from the moved one on. */
const moveBelow = ({ actor }: Unit, { id, ancestors }: Target, table: Sql, moved: readonly string[]): Sql => sql`
  update ${table} set ancestors = ${moved}::uuid[] || ancestors[${sql.lit(ancestors.length + 1)}:]
   where workspace_id = ${actor.workspaceId} and ancestors @> array[${id}::uuid] and id <> ${id}::uuid`;

async function deepestBelow({ actor, rows }: Unit, { id }: Target): Promise<number> {
  const [row] = await rows(sql<{ depth: number }>`
    select max(cardinality(ancestors)) as depth from resource
     where workspace_id = ${actor.workspaceId} and ancestors @> array[${id}::uuid]`);
  return row?.depth ?? 0;
}
