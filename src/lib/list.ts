// Relay-shaped lists: edges, nodes, pageInfo, totalCount, forwards and backwards by sealed cursors.

import { type GraphQLResolveInfo, Kind, type SelectionNode } from 'graphql';
import { ArgsType, Directive, Field, Int, ObjectType } from 'type-graphql';
import type { CursorSeal, Position } from './cursor.js';
import { invalid } from './refusal.js';

@ArgsType()
export class ListArgs {
  @Field(() => Int, { nullable: true, description: 'How many from the start, 1 to 100; 50 when neither is given.' })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes after this cursor; with `first`.' })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: 'How many from the end, 1 to 100. Not together with `first`.' })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this cursor; with `last`.' })
  before?: string | null;
}

/** What to read: `limit + 1` rows beyond `from`, walking backwards when `backwards`. */
export interface Window {
  limit: number;
  backwards: boolean;
  /** Exclusive start, in walking direction; `null` at the end of the list. */
  from: Position | null;
  /** Whether how many there are in all is asked for as well, so that one statement can answer both. */
  counted?: boolean;
}

/** Whether the list this field answers is asked for its `totalCount`, by whatever alias or fragment. */
export function asksTotal({ fieldNodes, fragments }: GraphQLResolveInfo): boolean {
  const seen = new Set<string>();
  const asks = (selections: readonly SelectionNode[]): boolean =>
    selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value === 'totalCount';
      if (selection.kind === Kind.INLINE_FRAGMENT) return asks(selection.selectionSet.selections);
      const name = selection.name.value;
      if (seen.has(name)) return false;
      seen.add(name);
      return asks(fragments[name]?.selectionSet.selections ?? []);
    });
  return fieldNodes.some(({ selectionSet }) => asks(selectionSet?.selections ?? []));
}

export interface WindowLimits {
  /** Largest `first` or `last`. */
  max?: number;
  default?: number;
}

/** Checks list arguments and opens their cursor. Refused: both directions at once, a size out of range, a foreign cursor. */
export function windowOf(
  args: ListArgs,
  cursors: CursorSeal,
  list: string,
  { max = 100, default: size = 50 }: WindowLimits = {},
): Window {
  const { first, after, last, before } = args;
  if (first != null && last != null) throw invalid('Give first or last, not both.');
  if (after != null && before != null) throw invalid('Give after or before, not both.');
  if (after != null && last != null) throw invalid('after goes with first; use before with last.');
  const backwards = last != null || before != null;
  if (before != null && first != null) throw invalid('before goes with last; use after with first.');
  const limit = (backwards ? last : first) ?? size;
  if (limit < 1 || limit > max) {
    throw invalid(`${backwards ? 'last' : 'first'} must be between 1 and ${max}, but got: ${limit}`);
  }
  const cursor = backwards ? before : after;
  return { limit, backwards, from: cursor == null ? null : cursors.open(list, cursor) };
}

@Directive('@open')
@ObjectType({
  simpleResolvers: true,
  description: 'Where a page of a list begins and ends, and whether there is more.',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether something follows; computed over what you may see.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether something comes before; computed over what you may see.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first node here; null when there is none.' })
  startCursor!: () => string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last node here; null when there is none.' })
  endCursor!: () => string | null;
}

export interface List<T> {
  edges: () => { cursor: () => string; node: T }[];
  nodes: T[];
  pageInfo: PageInfo;
  /** Asked only when the field is. */
  totalCount: () => Promise<number>;
}

/** Makes the list out of up to `limit + 1` rows in walking order. */
export function toList<T>(
  rows: readonly T[],
  window: Window,
  cursorOf: (row: T) => string,
  totalCount: () => Promise<number>,
): List<T> {
  const more = rows.length > window.limit;
  const nodes = rows.slice(0, window.limit);
  if (window.backwards) nodes.reverse();
  // Sealing costs more than reading the row, so a cursor is made where it is asked for, and once: no two seals of one
  // position are the same text, and a client may compare an edge's with that of pageInfo.
  const edges = once(() => nodes.map((node) => ({ cursor: once(() => cursorOf(node)), node })));
  const beyond = window.from !== null;
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: window.backwards ? beyond : more,
      hasPreviousPage: window.backwards ? more : beyond,
      startCursor: () => edges()[0]?.cursor() ?? null,
      endCursor: () => edges().at(-1)?.cursor() ?? null,
    },
    totalCount,
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Declares `<name>Edge` and `<name>List` for an object type or interface, and gives back the list class. */
export function listOf<T>(item: abstract new (...args: never[]) => T, name: string): new () => List<T> {
  @Directive('@open')
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `One ${name} of a list and its place in it.` })
  class Edge {
    @Field(() => String, { description: 'Place of this node; give it back as `after` or `before`.' })
    cursor!: () => string;

    @Field(() => item as never, { description: 'What stands here.' })
    node!: T;
  }

  @Directive('@open')
  @ObjectType(`${name}List`, { simpleResolvers: true, description: `A page of a list of ${name}.` })
  class ItemList {
    @Field(() => [Edge], { description: 'Nodes with their cursors.' })
    edges!: () => Edge[];

    @Field(() => [item as never], { description: 'Nodes alone.' })
    nodes!: T[];

    @Field(() => PageInfo, { description: 'Where this page of the list lies.' })
    pageInfo!: PageInfo;

    @Field(() => Int, { nullable: true, description: 'How many you may see in all, counted when asked for.' })
    totalCount!: () => Promise<number>;
  }
  return ItemList as unknown as new () => List<T>;
}
