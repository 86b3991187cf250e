// Where something is put: below a page, data source or database, in a teamspace, or at the top of the workspace.

import { Directive, Field, ID, InputType } from 'type-graphql';
import { mayReachWholeWorkspace } from '../gate/rules.js';
import { type Id, requireId } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import type { Unit } from '../unit-of-work.js';
import { type ContentLimits, requireWithin } from './limits.js';
import { lockParent, type ParentKind, type Target } from './target.js';

const PARENT = { nullable: true, description: 'Below this page.' };
const TEAMSPACE = { nullable: true, description: 'At the top of this teamspace; for members and owners.' };
const TOP = { nullable: true, description: 'True for the top of the workspace; for members and owners.' };

@Directive('@oneOf')
@InputType({ description: 'Where a page is put.' })
export class PagePlaceInput {
  @Field(() => ID, PARENT)
  pageId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Below this data source, as a row of it.' })
  dataSourceId?: string | null;

  @Field(() => ID, TEAMSPACE)
  teamspaceId?: string | null;

  @Field(() => Boolean, TOP)
  workspace?: boolean | null;
}

@Directive('@oneOf')
@InputType({ description: 'Where a database is put.' })
export class DatabasePlaceInput {
  @Field(() => ID, PARENT)
  pageId?: string | null;

  @Field(() => ID, TEAMSPACE)
  teamspaceId?: string | null;

  @Field(() => Boolean, TOP)
  workspace?: boolean | null;
}

/** Where somebody wants it. */
export type Place =
  | { kind: 'Page' | 'DataSource' | 'Database'; id: Id }
  | { kind: 'Teamspace'; id: Id }
  | { kind: 'Workspace' };

/** Where it will be: the parent is locked until the commit. */
export interface Spot {
  parentKind: ParentKind;
  /** Null at the top. */
  parent: Target | null;
  teamspaceId: Id | null;
  /** Of the parent; empty at the top. */
  ancestors: readonly Id[];
}

/** What an input says. Refused like something missing: what is no id. */
export function placeOf({ pageId, dataSourceId, teamspaceId, workspace }: PagePlaceInput): Place {
  if (pageId != null) return { kind: 'Page', id: requireId(pageId, 'The page') };
  if (dataSourceId != null) return { kind: 'DataSource', id: requireId(dataSourceId, 'The data source') };
  if (teamspaceId != null) return { kind: 'Teamspace', id: requireId(teamspaceId, 'The teamspace') };
  if (workspace === true) return { kind: 'Workspace' };
  throw new Refusal('INVALID', 'parent.workspace should be true, or another parent be given.', {
    path: ['parent', 'workspace'],
  });
}

const PARENT_KINDS: Record<Place['kind'], ParentKind> = {
  Page: 'PAGE',
  DataSource: 'DATA_SOURCE',
  Database: 'DATABASE',
  Teamspace: 'WORKSPACE',
  Workspace: 'WORKSPACE',
};

const PATHS = {
  Page: ['parent', 'pageId'],
  DataSource: ['parent', 'dataSourceId'],
  Database: ['databaseId'],
} as const;

/** Locks where something is to be put; the tree is held or taken before. `doing` completes "To … needs …". Refused: what
 *  `lockParent` refuses; the top of the workspace to whoever does not reach all of it; a teamspace that is not there. */
export async function lockPlace(unit: Unit, place: Place, doing: string): Promise<Spot> {
  const parentKind = PARENT_KINDS[place.kind];
  if (place.kind === 'Workspace' || place.kind === 'Teamspace') {
    if (!mayReachWholeWorkspace(unit.actor)) {
      throw new Refusal('FORBIDDEN', 'Only members and owners may put something at the top of the workspace.', {
        path: ['parent'],
      });
    }
    const teamspaceId = place.kind === 'Teamspace' ? place.id : null;
    if (teamspaceId !== null) await requireTeamspace(unit, teamspaceId);
    return { parentKind, parent: null, teamspaceId, ancestors: [] };
  }
  const { kind, id } = place;
  const parent = await lockParent(unit, { kind, id, doing, path: PATHS[kind] });
  return { parentKind, parent, teamspaceId: null, ancestors: parent.ancestors };
}

async function requireTeamspace({ actor, rows }: Unit, id: Id): Promise<void> {
  const [found] = await rows(
    sql`select 1 from teamspace where workspace_id = ${actor.workspaceId} and id = ${id}::uuid`,
  );
  if (!found) throw notFound('The teamspace');
}

/** Refused: a tree that would become deeper than it may, by something with `levels` levels of its own. */
export const requireDepth = ({ ancestors }: Spot, levels: number, limits: ContentLimits): void =>
  requireWithin(ancestors.length + levels, limits, {
    limit: 'maxTreeDepth',
    units: 'levels above it',
    path: ['parent'],
  });
