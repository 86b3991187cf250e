// Documents by which endpoints have their bodies shaped: whether a body can be made of one at all, and what it asks for
// beyond what somebody may.

import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Actor } from '../gate/actor.js';
import type { Bits } from '../gate/capability.js';
import type { FieldRule } from '../gate/field-rule.js';
import { Refusal } from '../lib/refusal.js';
import type { JudgeDocument } from '../webhook/settings.js';
import { isAllowed } from './field-access.js';
import type { RuleTable } from './rule-table.js';

const PATH = { path: ['document'] };
/** What is said about a document that does not fit. */
const MAX_PROBLEMS = 3;
/** The one thing a body can be made of. */
const ROOT = 'events';

export interface Judging {
  schema: GraphQLSchema;
  rules: RuleTable;
  /** The document of a text within the limits of documents; throws what the parser says, or a refusal. */
  parse(text: string): DocumentNode;
  /** Its points; throws a refusal when there are too many. */
  weigh(document: DocumentNode): void;
}

/** Judges documents for endpoints. */
export function judging({ schema, rules, parse, weigh }: Judging): JudgeDocument {
  return (text, bits) => {
    const document = parsed(text, parse);
    requireEvents(document);
    const [first, ...more] = validate(schema, document, undefined, { maxErrors: MAX_PROBLEMS });
    if (first) {
      const problems = [first, ...more].map(({ message }) => message.replace(/ Did you mean .*$/s, ''));
      throw unfit(`The document does not fit the schema: ${problems.join(' ')}`);
    }
    try {
      weigh(document);
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal(error.code, error.message, PATH);
      throw error;
    }
    const beyond = new Map<string, FieldRule>();
    for (const rule of rulesIn(document, schema, rules)) {
      if (!isAllowed(rule, asConnection(bits))) beyond.set(rule.coordinate, rule);
    }
    return [...beyond.values()].map(({ coordinate, needs }) => ({ coordinate, needs }));
  };
}

/** Any connection with these bits: rules ask for nothing else of one. */
const asConnection = (bits: Bits): Actor => ({
  kind: 'CONNECTION',
  workspaceId: '',
  connectionId: '',
  installationId: '',
  botId: '',
  installedById: null,
  bits,
});

const unfit = (message: string): Refusal => new Refusal('INVALID', message, PATH);

function parsed(text: string, parse: (text: string) => DocumentNode): DocumentNode {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) throw unfit(`The document is no GraphQL: ${error.message}`);
    if (error instanceof Refusal) throw new Refusal(error.code, error.message, PATH);
    throw error;
  }
}

/** One subscription to events and nothing else, which takes nothing: what an endpoint gets is said by its own filter. */
function requireEvents({ definitions }: DocumentNode): void {
  const operations = definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const [operation] = operations;
  const [field, ...more] = operation?.selectionSet.selections ?? [];
  if (
    operations.length !== 1 ||
    operation?.operation !== OperationTypeNode.SUBSCRIPTION ||
    field?.kind !== Kind.FIELD ||
    field.name.value !== ROOT ||
    more.length > 0
  ) {
    throw unfit('The document should hold one operation, like: subscription { events { event { type resourceId } } }');
  }
  if ((operation.variableDefinitions?.length ?? 0) > 0 || (field.arguments?.length ?? 0) > 0) {
    throw unfit(
      'The document can have neither variables nor arguments of `events`: which events an endpoint gets says its filter.',
    );
  }
}

/** The rules of everything a document names: fields, also as the types behind an interface have them, arguments, and
 *  members of input objects. */
function rulesIn(document: DocumentNode, schema: GraphQLSchema, rules: RuleTable): Set<FieldRule> {
  const found = new Set<FieldRule>();
  const note = (rule: FieldRule | undefined): void => {
    if (rule) found.add(rule);
  };
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: (node) => {
        const parent = info.getParentType();
        if (!parent) return;
        const name = node.name.value;
        note(rules.fields.get(`${parent.name}.${name}`));
        if (!isAbstractType(parent)) return;
        for (const type of schema.getPossibleTypes(parent)) {
          if (isObjectType(type) && type.getFields()[name]) note(rules.fields.get(`${type.name}.${name}`));
        }
      },
      Argument: (node) => {
        const [parent, field] = [info.getParentType(), info.getFieldDef()];
        if (parent && field) note(rules.inputs.get(`${parent.name}.${field.name}(${node.name.value}:)`));
      },
      ObjectField: (node) => {
        const parent = getNamedType(info.getParentInputType());
        if (isInputObjectType(parent)) note(rules.inputs.get(`${parent.name}.${node.name.value}`));
      },
    }),
  );
  return found;
}
