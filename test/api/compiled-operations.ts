// Random operations over any schema, valid but for what the overlap of fields forbids, with the variables they take.

import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { IDS } from './compiled-world.js';

export interface RandomOperation {
  text: string;
  /** One set of values for the variables; some left out, some wrong. */
  variables(random: Random): Record<string, unknown>;
}

/** Whole numbers from 0 to below `below`. */
export type Random = (below: number) => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** With and without "_", which is not compiled. */
const ALIASES = ['a', 'b', 'c', 'd', 'first', 'Page', 'Person', 'idx0', 'constructor', 'toString'];
const RARE_ALIASES = ['__proto__', 'a_b', '_'];
const WORDS = [
  '',
  'Title 1',
  'a',
  'Text',
  'Number',
  'b',
  '"quoted"',
  '__MAGIC_NAN__57f286b9_4c20_487f_b409_79804ddcb4f8',
  'ß☃',
];
const INSTANTS = ['2026-11-22T09:30:00Z', '2026-01-01T00:00:00.000Z'];

export function randomOperation(schema: GraphQLSchema, random: Random): RandomOperation {
  const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T;
  const chance = (percent: number): boolean => random(100) < percent;

  const variables = new Map<string, { type: GraphQLInputType | string; default?: string }>();
  const fragments = new Map<string, string>();
  let budget = 5 + random(25);

  const variable = (type: GraphQLInputType): string => {
    const same = [...variables].find(([, known]) => String(known.type) === String(type));
    if (same && chance(50)) return `$${same[0]}`;
    const name = `v${variables.size}`;
    const withDefault = !isNonNullType(type) && chance(30);
    variables.set(name, { type, ...(withDefault && { default: literal(type, 0) }) });
    return `$${name}`;
  };

  /** `variablesIn` percent of the members of a literal are variables. */
  const literal = (type: GraphQLInputType, variablesIn: number): string => {
    if (isNonNullType(type)) return literal(type.ofType as GraphQLInputType, variablesIn) || '1';
    if (isListType(type)) {
      if (chance(20)) return literal(type.ofType as GraphQLInputType, variablesIn);
      return `[${Array.from({ length: random(4) }, () => value(type.ofType as GraphQLInputType, variablesIn)).join(' ')}]`;
    }
    if (isEnumType(type)) return pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const all = Object.values(type.getFields());
      const chosen = type.isOneOf ? [pick(all)] : all.filter((field) => isNonNullType(field.type) || chance(35));
      return `{${chosen.map((field) => `${field.name}: ${type.isOneOf ? literal(field.type, 0) : value(field.type, variablesIn)}`).join(' ')}}`;
    }
    switch (getNamedType(type).name) {
      case 'Int':
        return String(chance(80) ? 1 + random(4) : random(200) - 20);
      case 'Float':
        return String(random(100) / 4);
      case 'Boolean':
        return String(chance(50));
      case 'ID':
        return JSON.stringify(pick(IDS));
      case 'DateTime':
        return JSON.stringify(pick(INSTANTS));
      default:
        return JSON.stringify(pick(WORDS));
    }
  };
  const value = (type: GraphQLInputType, variablesIn: number): string => {
    if (chance(variablesIn)) return variable(type);
    return !isNonNullType(type) && chance(10) ? 'null' : literal(type, variablesIn);
  };

  const argument = (arg: GraphQLArgument): string[] => {
    const required = isNonNullType(arg.type) && arg.defaultValue === undefined;
    const rare = arg.name === 'after' || arg.name === 'before' || arg.name === 'last';
    if (!required && chance(rare ? 90 : 60)) return [];
    // A non-null argument with a default takes a nullable variable, and fails when that is null.
    if (isNonNullType(arg.type) && !required && chance(30)) {
      return [`${arg.name}: ${variable(arg.type.ofType as GraphQLInputType)}`];
    }
    return [`${arg.name}: ${value(arg.type, 30)}`];
  };

  const condition = (): string => {
    if (chance(40)) return String(chance(50));
    const name = pick(['on', 'off', 'maybe']);
    variables.set(name, name === 'maybe' ? { type: 'Boolean', default: 'true' } : { type: 'Boolean!' });
    return `$${name}`;
  };
  const conditions = (): string =>
    chance(12)
      ? ` @${pick(['include', 'skip'])}(if: ${condition()})${chance(15) ? ` @skip(if: ${condition()})`.replace('@skip', '@include') : ''}`
      : '';
  const denial = (): string => {
    if (!chance(5)) return '';
    if (chance(60)) return ` @whenDenied(behave: ${pick(['ERROR', 'NULL'])})`;
    variables.set('denial', { type: 'Denial!' });
    return ' @whenDenied(behave: $denial)';
  };

  const selections = (type: GraphQLNamedType, depth: number): string => {
    const parts: string[] = [];
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    const wanted = 1 + random(depth === 0 ? 3 : 5);
    for (let n = 0; n < wanted; n++) {
      if (chance(isAbstractType(type) ? 45 : 12)) parts.push(fragment(type, depth));
      const field = fields.length > 0 ? pick(fields) : undefined;
      if (!field || chance(8)) {
        parts.push(`${chance(20) ? 'kind: ' : ''}__typename${conditions()}`);
        continue;
      }
      if (['schemaSdl', 'fieldAccess'].includes(field.name)) continue;
      const composite = isCompositeType(getNamedType(field.type));
      if (composite && (depth > 6 || budget <= 0)) continue;
      budget--;
      const alias = chance(1) ? `${pick(RARE_ALIASES)}: ` : chance(20) ? `${pick(ALIASES)}${random(3)}: ` : '';
      const args = field.args.flatMap(argument);
      const given = args.length > 0 ? `(${args.join(', ')})` : '';
      const below = composite ? ` ${selections(getNamedType(field.type), depth + 1)}` : '';
      parts.push(`${alias}${field.name}${given}${denial()}${conditions()}${below}`);
      if (chance(4)) parts.push(parts.at(-1) as string);
    }
    if (parts.length === 0) parts.push('__typename');
    return `{ ${parts.join(' ')} }`;
  };

  const fragment = (type: GraphQLNamedType, depth: number): string => {
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type as GraphQLObjectType];
    const interfaces = possible.flatMap((one) => one.getInterfaces());
    const on = chance(70) ? pick(possible) : pick([...interfaces, type as GraphQLObjectType]);
    if (chance(35)) {
      const known = [...fragments].filter(([, text]) => text.includes(` on ${on.name} `));
      if (known.length > 0 && chance(60)) return `...${pick(known)[0]}${conditions()}`;
      const name = `F${fragments.size}`;
      fragments.set(name, ''); // taken, before anything below can take it
      fragments.set(name, `fragment ${name} on ${on.name} ${selections(on, depth)}`);
      return `...${name}${conditions()}`;
    }
    const typed = chance(90) || on !== type ? ` on ${on.name}` : '';
    return `...${typed}${conditions()} ${selections(on, depth)}`;
  };

  const body = selections(schema.getQueryType() as GraphQLObjectType, 0);
  const onOperation = denial();
  const declared = [...variables].map(
    ([name, { type, default: preset }]) => `$${name}: ${type}${preset === undefined ? '' : ` = ${preset}`}`,
  );
  const text = [
    `query Asked${declared.length > 0 ? `(${declared.join(', ')})` : ''}${onOperation} ${body}`,
    ...fragments.values(),
  ].join('\n');

  return {
    text,
    variables: (dice) =>
      Object.fromEntries(
        [...variables].flatMap(([name, { type, default: preset }]): [string, unknown][] => {
          const optional = typeof type === 'string' ? preset !== undefined : !isNonNullType(type);
          if (optional && dice(3) === 0) return [];
          return [[name, inputValue(type, dice)]];
        }),
      ),
  };
}

/** A value as JSON carries it; now and then a wrong one. */
function inputValue(type: GraphQLInputType | string, random: Random): unknown {
  if (random(60) === 0) return { wrong: true };
  if (typeof type === 'string') return type.startsWith('Denial') ? ['ERROR', 'NULL'][random(2)] : random(2) === 0;
  if (isNonNullType(type)) return inputValue(type.ofType as GraphQLInputType, random);
  if (random(8) === 0) return null;
  if (isListType(type))
    return Array.from({ length: random(4) }, () => inputValue(type.ofType as GraphQLInputType, random));
  if (isEnumType(type)) return type.getValues()[random(type.getValues().length)]?.name;
  if (isInputObjectType(type)) {
    const all = Object.values(type.getFields());
    const chosen = type.isOneOf
      ? all.filter((_, index) => index === random(all.length) || random(20) === 0)
      : all.filter((field) => isNonNullType(field.type) || random(3) === 0);
    return Object.fromEntries(
      chosen.map((field) => [field.name, random(40) > 0 || all.length < 2 ? deep(field.type, random) : null]),
    );
  }
  switch (getNamedType(type).name) {
    case 'Int':
      return random(5) > 0 ? 1 + random(4) : random(200) - 20;
    case 'Float':
      return random(100) / 4;
    case 'Boolean':
      return random(2) === 0;
    case 'ID':
      return IDS[random(IDS.length)];
    case 'DateTime':
      return random(10) > 0 ? INSTANTS[random(INSTANTS.length)] : 'yesterday';
    default:
      return WORDS[random(WORDS.length)];
  }
}

/** Recursive input types end somewhere. */
const deep = (type: GraphQLInputType, random: Random): unknown =>
  isInputObjectType(getNamedType(type)) && random(2) === 0 ? null : inputValue(type, random);
