// What a request carries. One context per operation (and later per event): loaders, receipts and the actor live and die with it.

import DataLoader from 'dataloader';
import type { GraphQLSchema } from 'graphql';
import type { Actor } from './gate/actor.js';
import type { Bits } from './gate/capability.js';
import type { FieldRule } from './gate/field-rule.js';
import type { Redactions } from './gate/redactions.js';
import type { CursorSeal } from './lib/cursor.js';
import type { Id } from './lib/id.js';
import type { Logger } from './lib/log.js';
import type { Sql } from './lib/sql.js';

/** Runs SQL for reading. Values in the template are bound, never spliced. */
export interface Reader {
  rows<Row>(statement: Sql<Row>): Promise<Row[]>;
  /** How many statements it has sent. */
  readonly sent: number;
}

/** Fetches many keys in one statement; `undefined` where there is nothing for the actor to see. */
export interface Batch<Key, Value> {
  /** Everything the answer depends on besides the key: two batches of one name share their results. */
  name: string;
  load(ctx: Context, keys: readonly Key[]): Promise<ReadonlyMap<Key, Value>>;
}

/** Features add what they are handed at start-up by declaring it here, beside its type (content/source.ts does). */
export interface Context {
  actor: Actor;
  reader: Reader;
  cursors: CursorSeal;
  redactions: Redactions;
  /** Counts a refusal that is answered with an error. */
  denied: (coordinate: string) => void;
  /** Capabilities by which guards let this operation pass, so far. */
  used: Bits;
  /** Pages, databases and data sources as they were read, list by list. For statistics; whoever reads content adds. */
  seen: (readonly { id: Id }[])[];
  log: Logger;
  requestId: string;
  /** Where clients reach the gateway, without a slash at the end. */
  publicUrl: () => string;
  /** The part of the schema this actor may use, or another; introspection answers from the former. */
  slice: (actor?: Actor) => GraphQLSchema;
  /** The rule of a coordinate; `undefined` for free input and for what does not exist. */
  ruleOf: (coordinate: string) => FieldRule | undefined;
  /** On which types of content a coordinate stands, whose bits it then asks; `null` for one that asks the actor's. */
  contentOf: (coordinate: string) => readonly string[] | null;
  /** The time of this operation: the same whenever it is asked. */
  now(): Date;
  /** Batched and remembered for this operation only; asks as `actor`. */
  load<Key, Value>(batch: Batch<Key, Value>, key: Key): Promise<Value | undefined>;
  loadMany<Key, Value>(batch: Batch<Key, Value>, keys: readonly Key[]): Promise<(Value | undefined)[]>;
  /** Forgets what was loaded: called after each mutation, so that the next one sees the new state. */
  forget(): void;
}

export type Given = Omit<Context, 'load' | 'loadMany' | 'forget' | 'used' | 'seen' | 'now'> & {
  /** Default: the clock of the machine. */
  clock?: () => Date;
};

/** Makes what is handed in a context, by adding the loaders to it, and room for what the operation itself will tell. */
export function createContext(given: Given): Context {
  const loaders = new Map<string, DataLoader<unknown, unknown>>();

  const loaderOf = (batch: Batch<unknown, unknown>): DataLoader<unknown, unknown> => {
    const known = loaders.get(batch.name);
    if (known) return known;
    const loader = new DataLoader<unknown, unknown>(async (keys) => {
      const found = await batch.load(ctx, keys);
      return keys.map((key) => found.get(key));
    });
    loaders.set(batch.name, loader);
    return loader;
  };

  let now: Date | undefined;
  const ctx: Context = Object.assign(given, {
    used: 0,
    seen: [],
    now: () => {
      now ??= given.clock?.() ?? new Date();
      return now;
    },
    load: <Key, Value>(batch: Batch<Key, Value>, key: Key) =>
      loaderOf(batch as unknown as Batch<unknown, unknown>).load(key) as Promise<Value | undefined>,
    loadMany: <Key, Value>(batch: Batch<Key, Value>, keys: readonly Key[]) =>
      Promise.all(keys.map((key) => ctx.load(batch, key))),
    forget: () => loaders.clear(),
  });
  return ctx;
}
