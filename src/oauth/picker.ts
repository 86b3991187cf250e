// Pages somebody may choose from on the consent page: a tree, or what a search finds. Asked as herself, so that nothing she
// does not reach is offered.

import { reachOf, readable } from '../content/reach.js';
import type { Reader } from '../context.js';
import type { PersonActor } from '../gate/actor.js';
import { textTerms } from '../lib/filter.js';
import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';

/** A workspace with no more pages and databases than this is shown whole. */
const WHOLE_TREE = 300;
const MOST_SIBLINGS = 200;
const MOST_FOUND = 50;
/** Counting further would take long and say little. */
export const MOST_COUNTED = 1_000;

export interface Pickable {
  id: Id;
  kind: 'Page' | 'Database';
  title: string;
  /** Titles of what stands above it, from the top. */
  path: string[];
  /** How many pages come along; `MOST_COUNTED + 1` for more. */
  below: number;
}

export interface PickerNode extends Pickable {
  children: PickerNode[];
  /** Something stands below it that is not loaded. */
  isClosed: boolean;
}

export interface PickerTree {
  roots: PickerNode[];
  /** There are more than are shown. */
  isCut: boolean;
}

interface Row {
  id: Id;
  kind: 'Page' | 'Database';
  parentId: Id | null;
  title: string;
  hasChildren: boolean;
}

/** Pages and databases from the top; rows of databases are found by searching. Of a large workspace what is below a page is
 *  there once the page is among `open`. */
export async function treeOf(reader: Reader, actor: PersonActor, open: readonly Id[]): Promise<PickerTree> {
  const [size] = await reader.rows(sql<{ count: number }>`
    select count(*)::int as count from (
      select 1 ${branches(actor)} limit ${WHOLE_TREE + 1}) counted`);
  const isSmall = (size?.count ?? 0) <= WHOLE_TREE;
  const rows = await reader.rows(sql<Row & { place: number }>`
    select * from (
      select r.id, r.kind, r.parent_id as "parentId", r.title,
             exists (select 1 ${branches(actor, sql`c`)} and c.parent_id = r.id) as "hasChildren",
             row_number() over (partition by r.parent_id order by lower(r.title), r.id)::int as place
        ${branches(actor)}
         and ${isSmall ? sql`true` : sql`(r.parent_id is null or r.parent_id = any(${open}::uuid[]))`}) r
     where place <= ${MOST_SIBLINGS + 1} order by place`);
  const shown = rows.filter(({ place }) => place <= MOST_SIBLINGS);
  const counts = await countBelow(
    reader,
    actor,
    shown.map(({ id }) => id),
  );
  const nodes = new Map(
    shown.map(({ id, kind, title, hasChildren }): [Id, PickerNode] => [
      id,
      { id, kind, title, path: [], below: counts.get(id) ?? 0, children: [], isClosed: hasChildren },
    ]),
  );
  const roots: PickerNode[] = [];
  for (const { id, parentId } of shown) {
    const node = nodes.get(id) as PickerNode;
    const parent = parentId === null ? undefined : nodes.get(parentId);
    if (parent) {
      parent.children.push(node);
      parent.isClosed = false;
    } else if (parentId === null) roots.push(node);
  }
  return { roots, isCut: shown.length < rows.length };
}

/** What has this text in its title, rows of databases included: last edited first, 50 at most. */
export async function searchPages(reader: Reader, actor: PersonActor, text: string): Promise<Pickable[]> {
  const terms = textTerms(sql.ref('r.title'), { contains: text });
  const rows = await reader.rows(sql<Pickable>`
    select r.id, r.kind, r.title, ${pathOf(actor)} as path, 0 as below
      ${resources(actor)} and ${sql.join(terms, sql` and `)}
     order by r.last_edited_at desc, r.id limit ${MOST_FOUND}`);
  return counted(reader, actor, rows);
}

/** Those of these ids that are there to be chosen, by title. */
export async function pickablesOf(reader: Reader, actor: PersonActor, ids: readonly Id[]): Promise<Pickable[]> {
  if (ids.length === 0) return [];
  const rows = await reader.rows(sql<Pickable>`
    select r.id, r.kind, r.title, ${pathOf(actor)} as path, 0 as below
      ${resources(actor)} and r.id = any(${ids}::uuid[])
     order by lower(r.title), r.id`);
  return counted(reader, actor, rows);
}

async function counted(reader: Reader, actor: PersonActor, rows: readonly Pickable[]): Promise<Pickable[]> {
  const counts = await countBelow(
    reader,
    actor,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ ...row, below: counts.get(row.id) ?? 0 }));
}

async function countBelow(reader: Reader, actor: PersonActor, ids: readonly Id[]): Promise<Map<Id, number>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.rows(sql<{ id: Id; below: number }>`
    select above.id,
           (select count(*)::int from (
              select 1 from page r cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
               where r.workspace_id = ${actor.workspaceId} and r.ancestors @> array[above.id] and r.id <> above.id
                 and not r.in_trash and ${readable}
               limit ${MOST_COUNTED + 1}) counted) as below
      from unnest(${ids}::uuid[]) as above(id)`);
  return new Map(rows.map(({ id, below }) => [id, below]));
}

/** What may be chosen, as `r`. */
const resources = (actor: PersonActor): Sql => sql`
  from resource r cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
 where r.workspace_id = ${actor.workspaceId} and not r.in_trash and r.kind <> 'DataSource' and ${readable}`;

/** The same without rows: the tree of pages and databases. */
const branches = (actor: PersonActor, as: Sql = sql`r`): Sql => sql`
  from (select workspace_id, id, 'Page' as kind, parent_id, title, ancestors, in_trash
          from page where workspace_id = ${actor.workspaceId} and parent_kind <> 'DATA_SOURCE'
        union all
        select workspace_id, id, 'Database', parent_id, title, ancestors, in_trash
          from database where workspace_id = ${actor.workspaceId}) ${as}
  cross join lateral ${reachOf(actor, sql`${as}.ancestors`)}
 where not ${as}.in_trash and ${readable}`;

const pathOf = (actor: PersonActor): Sql => sql`array(
  select a.title from unnest(r.ancestors) with ordinality above(id, place)
    join resource a on a.workspace_id = ${actor.workspaceId} and a.id = above.id and a.kind <> 'DataSource'
   where a.id <> r.id order by above.place)`;

/** What the installation of hers that there may be has open already, by title. */
export async function openPagesOf(reader: Reader, actor: PersonActor, connectionId: Id): Promise<Pickable[]> {
  const rows = await reader.rows(sql<{ id: Id }>`
    select s.resource_id as id
      from installation i
      join share s on s.workspace_id = i.workspace_id and s.installation_id = i.id
     where i.workspace_id = ${actor.workspaceId} and i.connection_id = ${connectionId}
       and i.installed_by = ${actor.personId} and i.status <> 'ENDED'
       and s.revoked_at is null and (s.expires_at is null or s.expires_at > now())
     limit ${MOST_FOUND}`);
  return pickablesOf(
    reader,
    actor,
    rows.map(({ id }) => id),
  );
}
