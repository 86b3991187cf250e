// What values and columns hold of people and of other data sources: looked up for each reader, batched.

import { Args, Ctx, Directive, FieldResolver, Resolver, Root } from 'type-graphql';
import { userById } from '../connection/users.js';
import type { DataSource } from '../content/database.js';
import { resourceById } from '../content/loaders.js';
import { placedList } from '../content/placed-list.js';
import type { Placed } from '../content/source.js';
import type { Context } from '../context.js';
import { READ } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { type List, ListArgs, type Window, windowOf } from '../lib/list.js';
import { type User, UserList } from '../people/user.js';
import { type Property, RelationProperty } from './property-schema.js';
import {
  CreatedByValue,
  LastEditedByValue,
  PeopleValue,
  stateOf,
  type VerificationState,
  VerificationValue,
} from './property-value.js';

@Resolver(() => PeopleValue)
export class PeopleValueFields {
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => UserList, {
    nullable: true,
    description: 'The people, in order. Their ids are never hidden; names and addresses follow the rule of users.',
  })
  async people(
    @Root() { id, pageId, personIds }: PeopleValue,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<User>> {
    const list = `PeopleValue.people ${pageId} ${id}`;
    const window = windowOf(args, ctx.cursors, list);
    const users = (await ctx.loadMany(userById, [...new Set(personIds)])).filter((user) => user !== undefined);
    const placed = users.map((row, place) => ({ row, position: [String(place), row.id] }));
    const beyond = placed.filter(isBeyond(window, users));
    const rows = (window.backwards ? beyond.reverse() : beyond).slice(0, window.limit + 1);
    return placedList(ctx, rows, window, list, async () => users.length);
  }
}

@Resolver(() => CreatedByValue)
export class CreatedByValueFields {
  @FieldResolver()
  createdBy(@Root() { userId }: CreatedByValue, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, userId);
  }
}

@Resolver(() => LastEditedByValue)
export class LastEditedByValueFields {
  @FieldResolver()
  lastEditedBy(@Root() { userId }: LastEditedByValue, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, userId);
  }
}

@Resolver(() => VerificationValue)
export class VerificationValueFields {
  @FieldResolver()
  state(@Root() { stored }: VerificationValue, @Ctx() ctx: Context): VerificationState {
    return stateOf(stored, ctx.now());
  }

  @FieldResolver()
  verifiedBy(@Root() { stored }: VerificationValue, @Ctx() ctx: Context): Promise<User | null> {
    return userOf(ctx, stored?.verifiedById ?? null);
  }
}

@Resolver(() => RelationProperty)
export class SyncedPropertyFields {
  @FieldResolver()
  async syncedProperty(
    @Root() { relatedId, syncedPropertyId }: RelationProperty,
    @Ctx() ctx: Context,
  ): Promise<Property | null> {
    if (relatedId === null || syncedPropertyId === null) return null;
    const related = (await ctx.load(resourceById, relatedId)) as DataSource | undefined;
    if (!related || (related.access & READ) === 0) return null;
    return related.properties?.find(({ id }) => id === syncedPropertyId) ?? null;
  }
}

const userOf = async (ctx: Context, id: Id | null): Promise<User | null> =>
  id === null ? null : ((await ctx.load(userById, id)) ?? null);

/** Beyond where somebody stands now, or where she stood when she has been taken out since. */
function isBeyond({ from, backwards }: Window, users: readonly User[]): (user: Placed<User>) => boolean {
  if (!from) return () => true;
  const [stood, id] = from;
  const stands = users.findIndex((user) => user.id === id);
  const place = stands < 0 ? Number(stood) - (backwards ? 0 : 1) : stands;
  return ({ position }) => (backwards ? Number(position[0]) < place : Number(position[0]) > place);
}
