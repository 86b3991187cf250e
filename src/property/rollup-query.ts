// Filters and orders that look at rollups: which data sources they need besides the one that is asked, and how many rows
// they may look at. They are computed for each row, and no index helps.

import type { DataSource } from '../content/database.js';
import { resourceById, rowCountOf } from '../content/loaders.js';
import type { RowOrder } from '../content/order.js';
import type { Context } from '../context.js';
import { userIdOf } from '../gate/actor.js';
import { READ } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import type { Condition } from './comparison.js';
import type { PropertySchema } from './property.js';
import type { RowFilter } from './row-filter.js';
import { type RelatedSources, type RowQuery, type RowsAsked, readQuery } from './row-query.js';

declare module '../context.js' {
  interface Context {
    /** How many rows a filter or order by a rollup may look at. */
    maxRollupCandidates: number;
  }
}

/** Reads what is asked of the rows of a data source, for a moment. Where it names rollups, their data sources are looked up
 *  before, batched; where not, this answers at once. */
export async function rowsReader(
  ctx: Context,
  dataSource: DataSource,
  asked: RowsAsked,
): Promise<(now: Date) => RowQuery> {
  const related = await relatedSources(ctx, dataSource.storedProperties, asked);
  return (now) => readQuery(dataSource, asked, { now, me: userIdOf(ctx.actor), related });
}

/** Refused: a filter or order by a rollup of more rows than may be looked at. Rows that the reader does not read are none
 *  of them, nor those that other conditions, joined with `and`, leave out. */
export async function refuseTooManyCandidates(ctx: Context, query: RowQuery): Promise<void> {
  const looks = query.order.some((key) => 'rollup' in key) || (query.filter !== null && holdsRollup(query.filter));
  if (!looks) return;
  const candidates: RowQuery = { ...query, filter: query.filter && withoutRollups(query.filter), order: [] };
  if (((await ctx.load(rowCountOf, candidates)) ?? 0) <= ctx.maxRollupCandidates) return;
  throw new Refusal(
    'COST_EXCEEDED',
    `A filter or order by a rollup looks at up to ${ctx.maxRollupCandidates} rows, but here are more. Leave some out by other conditions, joined with \`and\`.`,
  );
}

/** Data sources that rollups named here sum up, those that may be read. */
async function relatedSources(
  ctx: Context,
  columns: readonly PropertySchema[],
  { filter, orderBy }: RowsAsked,
): Promise<RelatedSources> {
  const named = [...(filter == null ? [] : namedIn(filter)), ...(orderBy ?? []).flatMap(namedBy)];
  const ids = new Set(named.flatMap((one) => relatedIdOf(columns, one) ?? []));
  if (ids.size === 0) return new Map();
  const found = await ctx.loadMany(resourceById, [...ids]);
  return new Map(
    found.flatMap((source): [Id, DataSource][] =>
      source && (source.access & READ) !== 0 && 'storedProperties' in source ? [[source.id, source as DataSource]] : [],
    ),
  );
}

interface Named {
  name?: string | null | undefined;
  id?: string | null | undefined;
}

const namedIn = ({ and, or, not, property }: RowFilter): Named[] => [
  ...(and ?? []).flatMap(namedIn),
  ...(or ?? []).flatMap(namedIn),
  ...(not ? namedIn(not) : []),
  ...(property ? [property] : []),
];

const namedBy = ({ property }: RowOrder): Named[] => (property ? [property] : []);

/** The data source that a rollup sums up; null for what is no rollup. */
function relatedIdOf(columns: readonly PropertySchema[], { name, id }: Named): Id | null {
  const rollup = columns.find((column) => (name == null ? column.id === id : column.name === name));
  if (rollup?.type !== 'ROLLUP') return null;
  const relation = columns.find((column) => column.id === rollup.relationPropertyId);
  return relation?.type === 'RELATION' ? relation.dataSourceId : null;
}

const holdsRollup = (condition: Condition): boolean => {
  if ('all' in condition) return condition.all.some(holdsRollup);
  if ('any' in condition) return condition.any.some(holdsRollup);
  if ('not' in condition) return holdsRollup(condition.not);
  return 'rollup' in condition;
};

/** What is left of a condition when rollups could be anything: it keeps all rows that the condition keeps, and more. */
function withoutRollups(condition: Condition): Condition {
  if (!holdsRollup(condition)) return condition;
  return 'all' in condition ? { all: condition.all.map(withoutRollups) } : { all: [] };
}
