// Reading groups: anybody finds one by its id, as people are found; what there is, and who belongs to it, is for those who
// may know the workspace.

import type { Batch, Context } from '../context.js';
import { mayKnowTheWorkspace } from '../gate/rules.js';
import { type StringFilter, textTerms } from '../lib/filter.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import { type Sql, sql } from '../lib/sql.js';
import type { Group } from './group.js';

export interface GroupRow {
  id: Id;
  name: string;
  createdAt: Date;
  deletedAt: Date | null;
  version: number;
}

const columns = sql`g.id, g.name, g.created_at as "createdAt", g.deleted_at as "deletedAt", g.version`;

/** The group as this actor holds it. */
export const groupFor = ({ actor }: Context, row: GroupRow): Group & { __typename: 'Group' } => ({
  __typename: 'Group',
  ...row,
  avatarUrl: null,
  access: actor.bits,
});

/** Groups by id, deleted ones included. */
export const selectGroups = ({ actor }: Context, ids: readonly Id[]): Sql<GroupRow> => sql`
  select ${columns} from person_group g where g.workspace_id = ${actor.workspaceId} and g.id = any(${ids}::uuid[])`;

export const groupById: Batch<Id, Group> = {
  name: 'groupById',
  load: async (ctx, ids) =>
    new Map((await ctx.reader.rows(selectGroups(ctx, ids))).map((row) => [row.id, groupFor(ctx, row)])),
};

const listed = ({ actor }: Context, name: StringFilter | null | undefined): Sql =>
  sql.join(
    [
      sql`g.workspace_id = ${actor.workspaceId} and ${mayKnowTheWorkspace(actor)} and g.deleted_at is null`,
      ...textTerms(sql.ref('g.name'), name),
    ],
    sql` and `,
  );

/** Up to `limit + 1`, the oldest first. */
export async function listGroups(
  ctx: Context,
  name: StringFilter | null | undefined,
  { limit, backwards, from }: Window,
): Promise<Group[]> {
  const [compare, direction] = backwards ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
  const rows = await ctx.reader.rows(sql<GroupRow>`
    select ${columns} from person_group g
     where ${listed(ctx, name)} and ${from ? sql`g.id ${compare} ${from[0]}::uuid` : sql`true`}
     order by g.id ${direction} limit ${limit + 1}`);
  return rows.map((row) => groupFor(ctx, row));
}

export async function countGroups(ctx: Context, name: StringFilter | null | undefined): Promise<number> {
  const [row] = await ctx.reader.rows(sql<{ count: number }>`
    select count(*)::int as count from person_group g where ${listed(ctx, name)}`);
  return row?.count ?? 0;
}
