// Batched ways to content: one statement for all keys of a level of an operation, asked as the actor of the context.

import type { Batch } from '../context.js';
import type { Id } from '../lib/id.js';
import type { Window } from '../lib/list.js';
import type { Aggregated, FoundGroup } from '../property/aggregate.js';
import type { PropertyValue, RollupValue } from '../property/property-value.js';
import type { RolledUp } from '../property/rollup.js';
import type { RowQuery } from '../property/row-query.js';
import type { Block } from './block.js';
import type { DataSource } from './database.js';
import type { Page } from './page.js';
import type { Resource } from './resource.js';
import type { Highlight, SearchHit, SearchQuery } from './search-hit.js';
import type { ColumnOfRelated, DifferentValue, MeasureOf, PageBody, Placed, Related } from './source.js';

export const resourceById: Batch<Id, Resource> = {
  name: 'resourceById',
  load: (ctx, ids) => ctx.content.resources(ctx, ids),
};

/** Whatever of the content has this id. */
export const contentById: Batch<Id, Resource | Block> = {
  name: 'contentById',
  load: (ctx, ids) => ctx.content.nodes(ctx, ids),
};

export const dataSourcesOf: Batch<Id, DataSource[]> = {
  name: 'dataSourcesOf',
  load: (ctx, ids) => ctx.content.dataSources(ctx, ids),
};

export const childrenOf = (window: Window): Batch<Id, Placed<Resource>[]> => ({
  name: `childrenOf ${JSON.stringify(window)}`,
  load: (ctx, ids) => ctx.content.children(ctx, ids, window),
});

export const childCountOf: Batch<Id, number> = {
  name: 'childCountOf',
  load: (ctx, ids) => ctx.content.countChildren(ctx, ids),
};

export const backlinksOf = (window: Window): Batch<Id, Placed<Page>[]> => ({
  name: `backlinksOf ${JSON.stringify(window)}`,
  load: (ctx, ids) => ctx.content.backlinks(ctx, ids, window),
});

export const backlinkCountOf: Batch<Id, number> = {
  name: 'backlinkCountOf',
  load: (ctx, ids) => ctx.content.countBacklinks(ctx, ids),
};

export const mentionsOf = (window: Window): Batch<Id, Placed<Resource>[]> => ({
  name: `mentionsOf ${JSON.stringify(window)}`,
  load: (ctx, ids) => ctx.content.mentions(ctx, ids, window),
});

export const mentionCountOf: Batch<Id, number> = {
  name: 'mentionCountOf',
  load: (ctx, ids) => ctx.content.countMentions(ctx, ids),
};

/** Keyed by the hit itself; all of one query. */
export const highlightsOf = (query: SearchQuery): Batch<SearchHit, Highlight[]> => ({
  name: `highlightsOf ${JSON.stringify(query)}`,
  load: (ctx, hits) => ctx.content.highlights(ctx, hits),
});

export const breadcrumbsOf: Batch<Id, Resource[]> = {
  name: 'breadcrumbsOf',
  load: (ctx, ids) => ctx.content.breadcrumbs(ctx, ids),
};

export const rowsOf = (window: Window): Batch<RowQuery, Placed<Page>[]> => ({
  name: `rowsOf ${JSON.stringify(window)}`,
  load: (ctx, queries) => ctx.content.rows(ctx, queries, window),
});

export const rowCountOf: Batch<RowQuery, number> = {
  name: 'rowCountOf',
  load: (ctx, queries) => ctx.content.countRows(ctx, queries),
};

/** Keyed by what points to them. */
export const relatedOf = (window: Window): Batch<Related, Placed<Page>[]> => ({
  name: `relatedOf ${JSON.stringify(window)}`,
  load: (ctx, all) => ctx.content.related(ctx, all, window),
});

export const relatedCountOf: Batch<Related, number> = {
  name: 'relatedCountOf',
  load: (ctx, all) => ctx.content.countRelated(ctx, all),
};

export const rollupOf: Batch<RollupValue, RolledUp> = {
  name: 'rollupOf',
  load: (ctx, values) => ctx.content.rollups(ctx, values),
};

export const differentValuesOf = (window: Window): Batch<ColumnOfRelated, Placed<DifferentValue>[]> => ({
  name: `differentValuesOf ${JSON.stringify(window)}`,
  load: (ctx, all) => ctx.content.differentValues(ctx, all, window),
});

export const differentValueCountOf: Batch<ColumnOfRelated, number> = {
  name: 'differentValueCountOf',
  load: (ctx, all) => ctx.content.countDifferentValues(ctx, all),
};

export const groupsOf = (window: Window): Batch<Aggregated, Placed<FoundGroup>[]> => ({
  name: `groupsOf ${JSON.stringify(window)}`,
  load: (ctx, all) => ctx.content.groups(ctx, all, window),
});

export const groupCountOf: Batch<Aggregated, number> = {
  name: 'groupCountOf',
  load: (ctx, all) => ctx.content.countGroups(ctx, all),
};

/** Keyed by the question itself; whoever asks for the same twice is answered twice by one statement. */
export const measuresOf: Batch<MeasureOf, number | string | null> = {
  name: 'measuresOf',
  load: (ctx, asked) => ctx.content.measures(ctx, asked),
};

export const blocksOf = (window: Window, maxDepth: number): Batch<Id, Placed<Block>[]> => ({
  name: `blocksOf ${JSON.stringify(window)} ${maxDepth}`,
  load: (ctx, ids) => ctx.content.blocks(ctx, ids, window, maxDepth),
});

export const bodyOf = (limit: number): Batch<Id, PageBody> => ({
  name: `bodyOf ${limit}`,
  load: (ctx, ids) => ctx.content.bodies(ctx, ids, limit),
});

export const blockCountOf = (maxDepth: number): Batch<Id, number> => ({
  name: `blockCountOf ${maxDepth}`,
  load: (ctx, ids) => ctx.content.countBlocks(ctx, ids, maxDepth),
});

/** Keyed by the page itself: its title and bits go into the values. */
export const propertiesOf: Batch<Page, PropertyValue[]> = {
  name: 'propertiesOf',
  async load(ctx, pages) {
    const values = await ctx.content.properties(ctx, pages);
    return new Map(pages.map((page) => [page, values.get(page.id) ?? []]));
  },
};
