// The directives as the outside reads them. TypeGraphQL only carries their uses; the declarations are added to the
// finished schema here, with the enums the schema already has put in place of the parsed ones.

import {
  buildASTSchema,
  type GraphQLArgumentConfig,
  GraphQLDirective,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
  isSpecifiedDirective,
  parse,
  specifiedDirectives,
} from 'graphql';
import { EVENT_TYPES } from '../events/event.js';
import { ACTOR_KINDS, WORKSPACE_ROLES } from '../gate/actor.js';
import { CAPABILITIES } from '../gate/capability.js';

const enumOf = (name: string, description: string, values: readonly string[]): string =>
  `"${description}"\nenum ${name} { ${values.map((value) => `"${value}" ${value}`).join(' ')} }`;

const DECLARATIONS = parse(`
"Who may read or set this: any of these sets of capabilities is enough. Repeated, all must pass; on a type it counts for each of its fields but id."
directive @requires(anyOf: [[Capability!]!]!, whenDenied: Denial! = NULL) repeatable on OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION

"Whoever holds the object may read this: wrappers, payloads, errors, configuration, ids."
directive @open on OBJECT | FIELD_DEFINITION | INPUT_FIELD_DEFINITION

"A comparator or sort key that looks at a field takes over the rule of that field."
directive @reads(coordinate: String!) on INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION

"Only for these kinds of actor; persons need at least this role in the workspace the object belongs to."
directive @actor(kinds: [ActorKind!]!, role: WorkspaceRole) on OBJECT | FIELD_DEFINITION

"Left out of logs, traces, delivery and audit bodies."
directive @sensitive(class: DataClass!) on FIELD_DEFINITION | INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION

"Content events this mutation fires."
directive @emits(events: [EventType!]!) on FIELD_DEFINITION

"Points this field costs, in place of the usual ones."
directive @cost(weight: Int!) on FIELD_DEFINITION

"How long a list may be, so that its cost is known before it is read."
directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION

"In an operation: what to do where a capability is missing. The stricter of this and the schema wins."
directive @whenDenied(behave: Denial!) on QUERY | MUTATION | SUBSCRIPTION | FIELD

"In an operation: the same key gives the same result for 24 hours, however often it is sent."
directive @idempotent(key: String!) on FIELD

${enumOf('Capability', 'What a connection may do.', CAPABILITIES)}
${enumOf('ActorKind', 'Who is asking.', ACTOR_KINDS)}
${enumOf('WorkspaceRole', 'Role of a person in a workspace, from least to most.', WORKSPACE_ROLES)}
${enumOf('EventType', 'Content events, as subscriptions and webhooks carry them.', EVENT_TYPES)}
"What happens where a capability is missing."
enum Denial { "The field answers null and a receipt says so." NULL "The field answers with an error." ERROR }
"Kinds of data that stay out of logs."
enum DataClass { "E-mail addresses." EMAIL "Names of people." PERSON_NAME "Credentials." SECRET "Content of pages." CONTENT }
type Query { unused: Int }
`);

/** The declarations, with argument types taken from `bare` where it has them: one enum, one identity. */
export function declareDirectives(bare: GraphQLSchema): GraphQLDirective[] {
  const own = (type: GraphQLInputType): GraphQLInputType => {
    if (isNonNullType(type)) return new GraphQLNonNull(own(type.ofType as GraphQLInputType) as never);
    if (isListType(type)) return new GraphQLList(own(type.ofType as GraphQLInputType));
    const known = isEnumType(type) ? bare.getType(type.name) : undefined;
    return (known ?? type) as GraphQLInputType;
  };
  return buildASTSchema(DECLARATIONS)
    .getDirectives()
    .filter((directive) => !isSpecifiedDirective(directive))
    .map((directive) => {
      const config = directive.toConfig();
      const args = Object.entries(config.args).map(([name, arg]): [string, GraphQLArgumentConfig] => [
        name,
        { ...arg, type: own(arg.type) },
      ]);
      return new GraphQLDirective({ ...config, args: Object.fromEntries(args) });
    });
}

/** All directives of the finished schema. */
export const allDirectives = (bare: GraphQLSchema): GraphQLDirective[] => [
  ...specifiedDirectives,
  ...declareDirectives(bare),
];
