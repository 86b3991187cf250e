// The part of the schema an actor may use. Introspection, schemaSdl and codegen answer from it; everything executes
// on the whole schema, so a shared query that asks for more still runs, with nulls and receipts.

import { MapperKind, mapSchema, printSchemaWithDirectives, pruneSchema } from '@graphql-tools/utils';
import {
  type GraphQLFieldConfig,
  GraphQLSchema,
  isObjectType,
  lexicographicSortSchema,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';
import type { Context } from '../context.js';
import { type Actor, roleOf } from '../gate/actor.js';
import { type FieldRule, isForActor } from '../gate/field-rule.js';
import { invariant } from '../lib/invariant.js';
import type { RuleTable } from './rule-table.js';

const KEPT_SLICES = 128;

/** Builds slices lazily and keeps the most recent ones, by capability set, actor kind and role. */
export class Slices {
  private readonly kept = new Map<string, GraphQLSchema>();

  constructor(
    private readonly whole: GraphQLSchema,
    private readonly table: RuleTable,
  ) {}

  for(actor: Actor): GraphQLSchema {
    const key = `${actor.bits} ${actor.kind} ${roleOf(actor)}`;
    const slice = this.kept.get(key) ?? sliceSchema(this.whole, this.table, actor);
    this.kept.delete(key); // re-inserted below: the map is in order of use
    this.kept.set(key, slice);
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > KEPT_SLICES && oldest !== undefined) this.kept.delete(oldest);
    return slice;
  }
}

/** The schema with only the fields, arguments and input fields this actor may use in the best case. */
export function sliceSchema(whole: GraphQLSchema, table: RuleTable, actor: Actor): GraphQLSchema {
  const passes = (rule: FieldRule | undefined): boolean =>
    rule === undefined || (rule.allows[actor.bits] === 1 && isForActor(rule, actor));
  const seesField = (typeName: string, fieldName: string): boolean =>
    passes(table.fields.get(`${typeName}.${fieldName}`));

  const withArguments = (config: GraphQLFieldConfig<unknown, unknown>, fieldName: string, typeName: string) => ({
    ...config,
    args: Object.fromEntries(
      Object.entries(config.args ?? {}).filter(([name]) =>
        passes(table.inputs.get(`${typeName}.${fieldName}(${name}:)`)),
      ),
    ),
  });
  const mapObjectField = (config: GraphQLFieldConfig<unknown, unknown>, fieldName: string, typeName: string) =>
    seesField(typeName, fieldName) ? withArguments(config, fieldName, typeName) : null;

  const mapped = mapSchema(whole, {
    [MapperKind.OBJECT_FIELD]: mapObjectField,
    [MapperKind.ROOT_FIELD]: mapObjectField,
    // An interface may only promise what each visible implementer keeps.
    [MapperKind.INTERFACE_FIELD]: (config, fieldName, typeName) => {
      const implementers = whole
        .getPossibleTypes(whole.getType(typeName) as never)
        .filter(
          (type) => isObjectType(type) && Object.keys(type.getFields()).some((name) => seesField(type.name, name)),
        );
      return implementers.every((type) => seesField(type.name, fieldName))
        ? withArguments(config, fieldName, typeName)
        : null;
    },
    [MapperKind.INPUT_OBJECT_FIELD]: (config, fieldName, typeName) =>
      passes(table.inputs.get(`${typeName}.${fieldName}`)) ? config : null,
  });
  // The whole schema was checked and says so; a slice has to be checked by itself.
  return new GraphQLSchema({ ...pruneSchema(mapped).toConfig(), assumeValid: false });
}

/** SDL with the applied directives, sorted, so that it is the same text for the same schema. */
export function printSdl(schema: GraphQLSchema): string {
  const text = printed.get(schema) ?? `${printSchemaWithDirectives(lexicographicSortSchema(schema)).trimEnd()}\n`;
  printed.set(schema, text);
  return text;
}

/** Printing takes some 15 ms, and a document may ask for it thirty times. */
const printed = new WeakMap<GraphQLSchema, string>();

/** Makes `__schema` and `__type` answer from the slice of the context, for both the HTTP door and later ones.
 *  Module-wide in graphql-js, and failing closed: a context that is not ours gets an error, never the whole schema. */
export function answerIntrospectionFromSlice(): void {
  const sliceOf = (ctx: Context | undefined): GraphQLSchema => {
    invariant(typeof ctx?.slice === 'function', 'Introspection was asked without a context of ours.');
    return ctx.slice();
  };
  SchemaMetaFieldDef.resolve = (_source, _args, ctx) => sliceOf(ctx as Context);
  TypeMetaFieldDef.resolve = (_source, { name }, ctx) => sliceOf(ctx as Context).getType(name as string);
}
