// Questions as GraphQL: fields become a document with variables, in the style each of them asks for.

import type { Field } from './model.js';

export interface Document {
  query: string;
  variables: Record<string, unknown>;
}

/** The types of arguments, by field; what is missing here is an Int. */
const TYPES: Record<string, string> = {
  'node.id': 'ID!',
  'page.id': 'ID!',
  'database.id': 'ID!',
  'dataSource.id': 'ID!',
  'discussions.pageId': 'ID!',
  'discussions.resolved': 'Boolean',
  'user.id': 'ID!',
  'nodes.ids': '[ID!]!',
  'fieldAccess.coordinates': '[String!]!',
  'pages.filter': 'PageFilter',
  'databases.filter': 'DatabaseFilter',
  'users.filter': 'UserFilter',
  'search.query': 'String!',
  'search.filter': 'SearchFilter',
  'explainAccess.question': 'AccessQuestion!',
  after: 'String',
  before: 'String',
  depth: 'Int',
};

export function documentOf(fields: Field[], directive = ''): Document {
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  const fragments: string[] = [];

  const argument = (field: Field, name: string, value: unknown): string => {
    if (!field.asVariables) return `${name}: ${literal(value)}`;
    const variable = `v${declared.length}`;
    declared.push(`$${variable}: ${TYPES[`${field.name}.${name}`] ?? TYPES[name] ?? 'Int'}`);
    variables[variable] = value;
    return `${name}: $${variable}`;
  };

  const print = (field: Field): string => {
    const args = Object.entries(field.args ?? {}).map(([name, value]) => argument(field, name, value));
    const alias = field.alias ? `${field.alias}: ` : '';
    const below = field.fields ? ` { ${selection(field.fields)} }` : '';
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${below}`;
  };

  const selection = (fields: Field[]): string =>
    fields
      .map((field) => {
        if (!field.on) return print(field);
        if (!field.named) return `... on ${field.on} { ${print(field)} }`;
        const name = `F${fragments.length}`;
        fragments.push(''); // keeps the number: what it holds may have fragments of its own
        fragments[Number(name.slice(1))] = `fragment ${name} on ${field.on} { ${print(field)} }`;
        return `...${name}`;
      })
      .join(' ');

  const body = selection(fields);
  const head = declared.length > 0 ? `(${declared.join(', ')})` : '';
  return { query: [`query Asked${head} ${directive} { ${body} }`, ...fragments].join('\n'), variables };
}

const MAX_ALIASES = 30; // design §4
const MAX_QUESTIONS = 5;

/** The fields in portions that each fit into one document. */
export function portionsOf(fields: Field[]): Field[][] {
  const portions: Field[][] = [];
  let room = 0;
  for (const field of fields) {
    const aliases = aliasesIn(field);
    const last = portions.at(-1);
    if (!last || aliases > room || last.length === MAX_QUESTIONS) {
      portions.push([field]);
      room = MAX_ALIASES - aliases;
    } else {
      last.push(field);
      room -= aliases;
    }
  }
  return portions;
}

const aliasesIn = ({ alias, fields = [] }: Field): number =>
  fields.reduce((sum, field) => sum + aliasesIn(field), alias === undefined ? 0 : 1);

/** A JSON value as a GraphQL literal. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, member]) => `${name}: ${literal(member)}`)
    .join(', ')} }`;
}
