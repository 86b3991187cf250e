// Puts the rule table in front of the resolvers: one synchronous bit test on guarded fields, nothing on the others.
// Decided on the bits of the object a field stands on; reach is decided before, in the SQL that read the object.

import {
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getDirectiveValues,
  isInputObjectType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Context } from '../context.js';
import type { Bits } from '../gate/capability.js';
import { describeNeeds, type FieldRule, isForActor, isGuarded } from '../gate/field-rule.js';
import { type CapabilityError, capabilityError, userErrorOf } from '../gate/user-error.js';
import { invariant } from '../lib/invariant.js';
import { Refusal } from '../lib/refusal.js';
import { capabilityMissing, forbidden } from './errors.js';
import { asksActor, type RuleTable } from './rule-table.js';

type Resolver = GraphQLFieldResolver<unknown, Context>;
type Place = 'QUERY' | 'MUTATION' | 'OBJECT';

/** Wraps, in place, every field somebody may be refused. Call once, on the schema that executes. */
export function guardSchema(schema: GraphQLSchema, table: RuleTable): void {
  const walkers = new InputWalkers(table);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) guardField(schema, table, walkers, type, field);
  }
}

function guardField(
  schema: GraphQLSchema,
  table: RuleTable,
  walkers: InputWalkers,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, Context>,
): void {
  const rule = table.fields.get(`${type.name}.${field.name}`);
  invariant(rule, `${type.name}.${field.name} has no rule.`);
  const guardedInput = walkers.forField(type.name, field);
  const place: Place =
    type === schema.getMutationType()
      ? 'MUTATION'
      : type === schema.getQueryType() || type === schema.getSubscriptionType()
        ? 'QUERY'
        : 'OBJECT';
  const bitsOf = asksActor(schema, type) ? actorBits : objectBits(type.name);
  const isAtHome = home(type.name);
  const whenDenied = schema.getDirective('whenDenied');

  const wrap =
    (inner: Resolver): Resolver =>
    (row, args, ctx, info) => {
      const bits = bitsOf(row, ctx);
      if (rule.allows[bits] !== 1) return refuse(rule, place, ctx, info, whenDenied);
      if (rule.actors.length > 0 && !(isForActor(rule, ctx.actor) && isAtHome(row, ctx)))
        return turnAway(rule, place, ctx);
      if (guardedInput) {
        const touched = guardedInput(args, bits, ctx);
        if (touched) return refuseInput(touched, place, bits, ctx);
      }
      ctx.used |= rule.uses[bits] ?? 0;
      return inner(row, args, ctx, info);
    };

  if (!isGuarded(rule) && !guardedInput) return;
  field.resolve = wrap(field.resolve ?? defaultResolver);
  if (field.subscribe) field.subscribe = wrap(field.subscribe);
}

/** A role counts in the workspace it was given in: an owner here is nobody in particular to what she holds of elsewhere. */
const home =
  (typeName: string) =>
  (row: unknown, { actor }: Context): boolean => {
    const { id, workspaceId } = (row ?? {}) as { id?: unknown; workspaceId?: unknown };
    const at = typeName === 'Workspace' ? id : workspaceId;
    return at === undefined || at === actor.workspaceId;
  };

const actorBits = (_row: unknown, ctx: Context): Bits => ctx.actor.bits;

const objectBits =
  (typeName: string) =>
  (row: unknown): Bits => {
    const { access } = row as { access?: unknown };
    invariant(typeof access === 'number', `A ${typeName} was read without its access bits.`);
    return access;
  };

const defaultResolver: Resolver = (row, args, ctx, info) => {
  const value = (row as Record<string, unknown>)[info.fieldName];
  return typeof value === 'function' ? value.call(row, args, ctx, info) : value;
};

function refuse(
  rule: FieldRule,
  place: Place,
  ctx: Context,
  info: GraphQLResolveInfo,
  whenDenied: ReturnType<GraphQLSchema['getDirective']>,
): unknown {
  if (place !== 'OBJECT') ctx.denied(rule.coordinate);
  if (place === 'QUERY') throw capabilityMissing(rule.coordinate, rule.needs);
  if (place === 'MUTATION') return { userErrors: [lacking(rule, ctx.actor.bits)] };
  const asked = whenDenied
    ? [info.operation, ...info.fieldNodes].map(
        (node) => getDirectiveValues(whenDenied, node, info.variableValues)?.behave,
      )
    : [];
  if (rule.whenDenied === 'ERROR' || asked.includes('ERROR')) {
    ctx.denied(rule.coordinate);
    throw capabilityMissing(rule.coordinate, rule.needs);
  }
  ctx.redactions.add(info.fieldNodes, () => ({
    coordinate: rule.coordinate,
    path: responsePath(info),
    needs: rule.needs,
  }));
  return null;
}

function turnAway(rule: FieldRule, place: Place, ctx: Context): unknown {
  ctx.denied(rule.coordinate);
  if (place !== 'MUTATION') throw forbidden(rule.coordinate);
  return {
    userErrors: [userErrorOf(new Refusal('FORBIDDEN', forbidden(rule.coordinate).message))],
  };
}

function refuseInput(rule: FieldRule, place: Place, bits: Bits, ctx: Context): unknown {
  if (!isForActor(rule, ctx.actor)) return turnAway(rule, place, ctx);
  ctx.denied(rule.coordinate);
  if (place === 'MUTATION') return { userErrors: [lacking(rule, bits)] };
  throw capabilityMissing(rule.coordinate, rule.needs);
}

const lacking = ({ coordinate, needs }: FieldRule, has: Bits): CapabilityError =>
  capabilityError(`${coordinate} needs ${describeNeeds(needs)}.`, needs, has);

/** Response keys from the root, list indices left out. */
function responsePath(info: GraphQLResolveInfo): string {
  const keys: string[] = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = info.path; at; at = at.prev) {
    if (typeof at.key === 'string') keys.unshift(at.key);
  }
  return keys.join('.');
}

/** Finds the first guarded member a value touches that these bits do not pass; an explicit null counts as touching. */
type Walker = (value: unknown, bits: Bits, ctx: Context) => FieldRule | undefined;

/** Walks coerced arguments, only along branches that hold a guarded member. One walker a type; recursion through the map. */
class InputWalkers {
  private readonly byType = new Map<string, Walker | null>();
  private readonly holds = new Map<string, boolean>();

  constructor(private readonly table: RuleTable) {}

  forField(typeName: string, field: GraphQLField<unknown, Context>): Walker | null {
    const members = field.args.flatMap((arg) =>
      this.member(arg.name, `${typeName}.${field.name}(${arg.name}:)`, arg.type),
    );
    return members.length === 0 ? null : walkMembers(members);
  }

  private member(name: string, coordinate: string, type: GraphQLInputType): Member[] {
    const rule = this.table.inputs.get(coordinate);
    const named = namedInput(type);
    const below = this.holdsGuarded(named)
      ? (value: unknown, bits: Bits, ctx: Context) => this.walkerOf(named)?.(value, bits, ctx)
      : null;
    return rule || below ? [{ name, rule, below }] : [];
  }

  private walkerOf(type: GraphQLInputType): Walker | null {
    if (!isInputObjectType(type)) return null;
    const known = this.byType.get(type.name);
    if (known !== undefined) return known;
    const members = Object.values(type.getFields()).flatMap((f) =>
      this.member(f.name, `${type.name}.${f.name}`, f.type),
    );
    const walker = members.length === 0 ? null : walkMembers(members);
    this.byType.set(type.name, walker);
    return walker;
  }

  private holdsGuarded(type: GraphQLInputType, seen = new Set<string>()): boolean {
    if (!isInputObjectType(type) || seen.has(type.name)) return false;
    const known = this.holds.get(type.name);
    if (known !== undefined) return known;
    seen.add(type.name);
    const holds = Object.values(type.getFields()).some(
      (f) => this.table.inputs.has(`${type.name}.${f.name}`) || this.holdsGuarded(namedInput(f.type), seen),
    );
    if (seen.size === 1 || holds) this.holds.set(type.name, holds);
    return holds;
  }
}

interface Member {
  name: string;
  rule: FieldRule | undefined;
  below: Walker | null;
}

const walkMembers =
  (members: readonly Member[]): Walker =>
  (value, bits, ctx) => {
    if (value === null || typeof value !== 'object') return undefined;
    if (Array.isArray(value)) return firstOf(value, (item) => walkMembers(members)(item, bits, ctx));
    return firstOf(members, ({ name, rule, below }) => {
      const held = (value as Record<string, unknown>)[name];
      if (held === undefined) return undefined;
      if (rule && (rule.allows[bits] !== 1 || !isForActor(rule, ctx.actor))) return rule;
      if (rule) ctx.used |= rule.uses[bits] ?? 0;
      return Array.isArray(held) ? firstOf(held, (item) => below?.(item, bits, ctx)) : below?.(held, bits, ctx);
    });
  };

function firstOf<T, Found>(items: readonly T[], find: (item: T) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function namedInput(type: GraphQLInputType): GraphQLInputType {
  return isNonNullType(type) || isListType(type) ? namedInput(type.ofType as GraphQLInputType) : type;
}
