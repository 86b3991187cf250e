// What a content source is asked for. Each method takes the context and answers only what its actor reaches: what
// is missing and what is out of reach are equally absent. Nothing outside content/ knows which source answers.

import type { Context } from '../context.js';
import type { Actor } from '../gate/actor.js';
import type { DateTimeFilter, StringFilter } from '../lib/filter.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import type { Aggregated, FoundGroup, Measure } from '../property/aggregate.js';
import type { PropertySchema } from '../property/property.js';
import type { PropertyValue, RollupValue } from '../property/property-value.js';
import type { RolledUp } from '../property/rollup.js';
import type { PageSortKey, RowQuery } from '../property/row-query.js';
import type { Block } from './block.js';
import type { BlockContent } from './block-content.js';
import type { Database, DataSource } from './database.js';
import type { Page } from './page.js';
import type { Resource } from './resource.js';

declare module '../context.js' {
  interface Context {
    /** Where content comes from. */
    content: ContentSource;
  }
}

export interface ResourceQuery {
  title?: StringFilter | null;
  createdAt?: DateTimeFilter | null;
  lastEditedAt?: DateTimeFilter | null;
  /** Trashed ones instead of the others. */
  inTrash: boolean;
  /** True for those alone below nothing that the actor reaches, false for the others. */
  topmost?: boolean | null;
  /** Last edited first when left out or empty. */
  order?: readonly PageSortKey[];
}

/** A row of a list with its place, as sealed into cursors. */
export interface Placed<T> {
  row: T;
  position: readonly string[];
  /** How many the list has in all, where the window asked for that and the statement told. */
  total?: number;
}

/** What points to pages. */
export interface Related {
  /** As stored, whether the reader reaches them or not. */
  relatedIds: readonly Id[];
  /** Only rows of this data source; any page when left out. */
  within?: Id;
}

/** A column of related rows. */
export interface ColumnOfRelated extends Related {
  within: Id;
  property: PropertySchema;
  slots: Readonly<Record<string, string>>;
}

/** A value, with the first row that holds it. */
export interface DifferentValue {
  page: Page;
  /** Of what a row can hold several of: which of them it is, as text, and the how many-th. */
  member: string;
  place: number;
}

/** One measure of some rows, or of one group of them. */
export interface MeasureOf {
  of: Aggregated;
  groupKey: string | null;
  measure: Measure;
}

export interface ReachCount {
  /** Reached with any bit. */
  reached: number;
  readable: number;
}

/** How much somebody reaches, and how that differs from what somebody else does. */
export interface ReachComparison {
  all: ReachCount;
  /** Not reached, or not readable, by the other. */
  gained: ReachCount;
  /** By the other alone. */
  lost: ReachCount;
}

/** All blocks of a page in reading order, with the titles and names in it that the reader may read. */
export interface PageBody {
  blocks: { id: Id; parentId: Id | null; content: BlockContent }[];
  titles: Record<Id, string>;
}

export interface ContentSource {
  /** Resources by id, those reached with any bit left. */
  resources(ctx: Context, ids: readonly Id[]): Promise<Map<Id, Resource>>;

  /** The same, and blocks on a page that may be read: whatever of the content has this id. */
  nodes(ctx: Context, ids: readonly Id[]): Promise<Map<Id, Resource | Block>>;

  /** Up to `limit + 1` readable pages, rows included, in the order of the query. */
  pages(ctx: Context, query: ResourceQuery, window: Window): Promise<Placed<Page>[]>;
  countPages(ctx: Context, query: ResourceQuery): Promise<number>;

  /** The same for databases. */
  databases(ctx: Context, query: ResourceQuery, window: Window): Promise<Placed<Database>[]>;
  countDatabases(ctx: Context, query: ResourceQuery): Promise<number>;

  /** For each parent up to `limit + 1` readable pages and databases right below it, oldest first. */
  children(ctx: Context, parentIds: readonly Id[], window: Window): Promise<Map<Id, Placed<Resource>[]>>;
  countChildren(ctx: Context, parentIds: readonly Id[]): Promise<Map<Id, number>>;

  /** For each query up to `limit + 1` readable rows of its data source that its filter keeps, in its order; rows in
   *  the trash are none of them. */
  rows(ctx: Context, queries: readonly RowQuery[], window: Window): Promise<Map<RowQuery, Placed<Page>[]>>;
  countRows(ctx: Context, queries: readonly RowQuery[]): Promise<Map<RowQuery, number>>;

  /** For each database its readable data sources. */
  dataSources(ctx: Context, databaseIds: readonly Id[]): Promise<Map<Id, DataSource[]>>;

  /** For each page up to `limit + 1` blocks in reading order, none deeper than `maxDepth`. */
  blocks(ctx: Context, pageIds: readonly Id[], window: Window, maxDepth: number): Promise<Map<Id, Placed<Block>[]>>;
  /** For each page that may be read and holds something up to `limit + 1` blocks. */
  bodies(ctx: Context, pageIds: readonly Id[], limit: number): Promise<Map<Id, PageBody>>;
  countBlocks(ctx: Context, pageIds: readonly Id[], maxDepth: number): Promise<Map<Id, number>>;

  /** Values of each page, by the columns of its data source; a page that is no row has its title alone. */
  properties(ctx: Context, pages: readonly Page[]): Promise<Map<Id, PropertyValue[]>>;

  /** For each of them up to `limit + 1` of the pages it points to, in its order: those that may be read, none from the
   *  trash. */
  related<T extends Related>(ctx: Context, all: readonly T[], window: Window): Promise<Map<T, Placed<Page>[]>>;
  countRelated<T extends Related>(ctx: Context, all: readonly T[]): Promise<Map<T, number>>;

  /** What the related rows come to that may be read. */
  rollups(ctx: Context, values: readonly RollupValue[]): Promise<Map<RollupValue, RolledUp>>;

  /** For each of them up to `limit + 1` different values that related rows hold in a column, in the order in which they
   *  first come; rows that may be read alone. */
  differentValues(
    ctx: Context,
    all: readonly ColumnOfRelated[],
    window: Window,
  ): Promise<Map<ColumnOfRelated, Placed<DifferentValue>[]>>;
  countDifferentValues(ctx: Context, all: readonly ColumnOfRelated[]): Promise<Map<ColumnOfRelated, number>>;

  /** For each grouping up to `limit + 1` groups that have a readable row, in the order of what they have in common; rows
   *  without a value last. */
  groups(ctx: Context, all: readonly Aggregated[], window: Window): Promise<Map<Aggregated, Placed<FoundGroup>[]>>;
  countGroups(ctx: Context, all: readonly Aggregated[]): Promise<Map<Aggregated, number>>;

  /** What readable rows come to; null where there is nothing to measure. */
  measures(ctx: Context, asked: readonly MeasureOf[]): Promise<Map<MeasureOf, number | string | null>>;

  /** How many pages, rows included, and databases `actor` reaches, beside what `other` reaches; the trash is left out.
   *  Both ask in the workspace of the context. */
  compareReach(
    ctx: Context,
    actor: Actor,
    other: Actor,
  ): Promise<{ pages: ReachComparison; databases: ReachComparison }>;
}
