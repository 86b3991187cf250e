// What a connection could do with a set of capabilities: what of the schema the rule table lets pass, and how much its
// shares open. Computed from the rules themselves; nothing here decides anything.

import { type GraphQLSchema, isCompositeType, isInputObjectType, isIntrospectionType, isObjectType } from 'graphql';
import { Directive, Extensions, Field, Int, ObjectType } from 'type-graphql';
import type { ReachComparison, ReachCount } from '../content/source.js';
import type { Context } from '../context.js';
import type { ConnectionActor } from '../gate/actor.js';
import { ALL_BITS, type Capability, namesOf } from '../gate/capability.js';
import { CapabilityEnum } from '../gate/enums.js';
import { accessOf, FieldAccess } from './field-access.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType('ReachCount', { simpleResolvers: true, description: 'How many of a kind, the trash left out.' })
class ReachCountFace implements ReachCount {
  @Field(() => Int, { description: 'Reached at all: at least the id may be read.' })
  reached!: number;

  @Field(() => Int, { description: 'May be read, and is listed.' })
  readable!: number;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'What one set of capabilities lets pass and another does not.' })
class AccessChange {
  @Field(() => [String], { description: 'Types, by name.' })
  types!: () => string[];

  @Field(() => [String], { description: 'Fields, arguments and inputs, as coordinates.' })
  fields!: () => string[];

  @Field(() => [String], { description: 'Mutations, as coordinates.' })
  mutations!: () => string[];

  @Directive('@cost(weight: 10)')
  @Field(() => ReachCountFace, { description: 'Pages, rows included.' })
  pages!: () => Promise<ReachCount>;

  @Directive('@cost(weight: 10)')
  @Field(() => ReachCountFace, { description: 'Databases.' })
  databases!: () => Promise<ReachCount>;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  simpleResolvers: true,
  description: 'What a connection can do with a set of capabilities, wherever something is shared with it.',
})
export class EffectiveAccess {
  @Field(() => [CapabilityEnum], { description: 'The set, with what it implies.' })
  capabilities!: Capability[];

  @Field(() => [String], { description: 'Objects, interfaces and unions of its slice of the schema, by name.' })
  types!: () => string[];

  @Field(() => [FieldAccess], {
    description:
      'Fields of objects, arguments and inputs for which capabilities of a connection make a difference. Those that are open to all, and those no connection may use, are left out.',
  })
  fields!: () => FieldAccess[];

  @Field(() => [FieldAccess], { description: 'Mutations a connection may carry out with some set of capabilities.' })
  mutations!: () => FieldAccess[];

  @Directive('@cost(weight: 10)')
  @Field(() => ReachCountFace, { description: 'Pages its shares open to it, rows included.' })
  pages!: () => Promise<ReachCount>;

  @Directive('@cost(weight: 10)')
  @Field(() => ReachCountFace, { description: 'Databases its shares open to it.' })
  databases!: () => Promise<ReachCount>;

  @Field(() => AccessChange, { description: 'What it would have that it has not now.' })
  gained!: AccessChange;

  @Field(() => AccessChange, { description: 'What it has now and would have no more.' })
  lost!: AccessChange;
}

/** What `proposed` can do, beside what the same installation can do at `present`, of all that a connection can do with
 *  every capability. Everything is computed when it is
 *  asked for; pages and databases are counted together, in one statement. */
export function effectiveAccess(ctx: Context, present: ConnectionActor, proposed: ConnectionActor): EffectiveAccess {
  const { fields, mutations } = coordinatesOf(ctx.slice({ ...present, bits: ALL_BITS }));
  const typesOf = (actor: ConnectionActor): string[] =>
    Object.values(ctx.slice(actor).getTypeMap())
      .filter((type) => isCompositeType(type) && !isIntrospectionType(type))
      .map(({ name }) => name)
      .sort();
  const accesses = (coordinates: readonly string[], actor: ConnectionActor): FieldAccess[] =>
    coordinates
      .map(ctx.ruleOf)
      .filter((rule) => rule !== undefined)
      .map((rule) => accessOf(rule, actor));
  const fieldsOf = (actor: ConnectionActor): FieldAccess[] =>
    accesses(fields, actor).filter(({ needs }) => needs.every((all) => all.length > 0)); // the others are open to all
  const mutationsOf = (actor: ConnectionActor): FieldAccess[] => accesses(mutations, actor);

  let counting: ReturnType<Context['content']['compareReach']> | undefined;
  const counted = (kind: 'pages' | 'databases', what: keyof ReachComparison) => async () => {
    counting ??= ctx.content.compareReach(ctx, proposed, present);
    return (await counting)[kind][what];
  };
  const change = (to: ConnectionActor, from: ConnectionActor, what: 'gained' | 'lost'): AccessChange => ({
    types: () => without(typesOf(to), typesOf(from)),
    fields: () => without(allowed(fieldsOf(to)), allowed(fieldsOf(from))),
    mutations: () => without(allowed(mutationsOf(to)), allowed(mutationsOf(from))),
    pages: counted('pages', what),
    databases: counted('databases', what),
  });
  return {
    capabilities: namesOf(proposed.bits),
    types: () => typesOf(proposed),
    fields: () => fieldsOf(proposed),
    mutations: () => mutationsOf(proposed),
    pages: counted('pages', 'all'),
    databases: counted('databases', 'all'),
    gained: change(proposed, present, 'gained'),
    lost: change(present, proposed, 'lost'),
  };
}

const allowed = (accesses: readonly FieldAccess[]): string[] =>
  accesses.filter((one) => one.allowed).map(({ coordinate }) => coordinate);

const without = (names: readonly string[], others: readonly string[]): string[] => {
  const left = new Set(others);
  return names.filter((name) => !left.has(name));
};

interface Coordinates {
  /** Of objects, their arguments and inputs. */
  fields: readonly string[];
  mutations: readonly string[];
}

/** Every coordinate of a slice that may have a rule, sorted; read once. */
function coordinatesOf(slice: GraphQLSchema): Coordinates {
  const read = known.get(slice);
  if (read) return read;
  const fields: string[] = [];
  const mutations: string[] = [];
  for (const type of Object.values(slice.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isInputObjectType(type)) fields.push(...Object.keys(type.getFields()).map((name) => `${type.name}.${name}`));
    if (!isObjectType(type)) continue;
    for (const { name, args } of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${name}`;
      (type === slice.getMutationType() ? mutations : fields).push(coordinate);
      fields.push(...args.map((arg) => `${coordinate}(${arg.name}:)`));
    }
  }
  const coordinates = { fields: fields.sort(), mutations: mutations.sort() };
  known.set(slice, coordinates);
  return coordinates;
}

const known = new WeakMap<GraphQLSchema, Coordinates>();
