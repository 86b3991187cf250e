// From what is thrown inside to what a client reads. Refusals speak; anything else is masked and logged under an id.

import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type AnyOf, describeNeeds } from '../gate/field-rule.js';
import { newId } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import { Refusal } from '../lib/refusal.js';

/** Codes that Apollo and graphql-js give themselves and that may pass as they are. */
const PROTOCOL_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

export const capabilityMissing = (what: string, needs: AnyOf): GraphQLError =>
  new GraphQLError(`${what} needs ${describeNeeds(needs)}. Ask a workspace owner to grant it to this connection.`, {
    extensions: { code: 'CAPABILITY_MISSING', needs },
  });

export const forbidden = (what: string): GraphQLError =>
  new GraphQLError(`${what} is not for this kind of token or role.`, { extensions: { code: 'FORBIDDEN' } });

/** The error a client gets for `error`: refusals and protocol errors as they are, everything else with an id only. */
export function publicError(formatted: GraphQLFormattedError, error: unknown, log: Logger): GraphQLFormattedError {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (cause instanceof Refusal) {
    return {
      ...withoutExtensions(formatted),
      message: cause.message,
      extensions: { code: cause.code, ...cause.facts },
    };
  }
  const code = formatted.extensions?.code;
  if (typeof code === 'string' && PROTOCOL_CODES.has(code)) {
    // graphql-js hints at names of the whole schema; Apollo takes its hints away before execution only.
    const message = formatted.message.replace(/ ?Did you mean .*\?$/s, '');
    return { ...withoutExtensions(formatted), message, extensions: { code } };
  }
  if (cause instanceof GraphQLError && (code === 'CAPABILITY_MISSING' || code === 'FORBIDDEN')) return formatted;
  if (cause instanceof GraphQLError && !cause.originalError && code === undefined) {
    return { ...withoutExtensions(formatted), extensions: { code: 'INVALID' } };
  }
  const id = newId();
  log.error({ errorId: id, err: cause }, 'An operation failed');
  return {
    ...withoutExtensions(formatted),
    message: `Something went wrong here. Quote error ${id} to the operator.`,
    extensions: { code: 'INTERNAL', errorId: id },
  };
}

function withoutExtensions({ message, locations, path }: GraphQLFormattedError): GraphQLFormattedError {
  return { message, ...(locations && { locations }), ...(path && { path }) };
}
