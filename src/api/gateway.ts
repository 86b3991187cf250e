// The gateway: schema, slices and the Apollo Server over them, and what a context is made of. One for each process.

import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { localContent } from '../content/local.js';
import { type Context, createContext, type Reader } from '../context.js';
import { type Actor, userIdOf } from '../gate/actor.js';
import { Redactions } from '../gate/redactions.js';
import { CursorSeal } from '../lib/cursor.js';
import { newId } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import type { KeyRing } from '../lib/secret.js';
import { publicError } from './errors.js';
import { executeOperation } from './execute.js';
import { MAX_DOCUMENT_TOKENS, refuseLongDocument } from './limits.js';
import { buildGatewaySchema, type GuardedSchema } from './schema.js';
import { answerIntrospectionFromSlice, Slices } from './slice.js';

export interface Gateway {
  apollo: ApolloServer<Context>;
  /** A context for one operation of this actor. */
  contextFor(actor: Actor, reader: Reader, requestId?: string): Context;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  keys: KeyRing;
  log: Logger;
  /** Default: the gateway's own schema. Tests hand in small ones, benches one with an empty rule table. */
  guarded?: GuardedSchema;
}

/** Builds and starts it. Throws when the schema breaks the rules of the gate. */
export async function createGateway({ keys, log, guarded = buildGatewaySchema() }: GatewayOptions): Promise<Gateway> {
  const { schema, rules } = guarded;
  const slices = new Slices(schema, rules);
  answerIntrospectionFromSlice();

  const executor: Executor = ({ context, document, request }) =>
    executeOperation(schema, context as Context, {
      document,
      operationName: request.operationName,
      variables: request.variables,
    });

  const apollo = new ApolloServer<Context>({
    gateway: {
      load: async () => ({ executor }),
      onSchemaLoadOrUpdate: (listener) => {
        listener({ apiSchema: schema, coreSupergraphSdl: '' });
        return () => {};
      },
      stop: async () => {},
    },
    introspection: true,
    hideSchemaDetailsFromClientErrors: true, // hints would speak about the whole schema, not the slice
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    parseOptions: { maxTokens: MAX_DOCUMENT_TOKENS },
    logger: quiet(log),
    formatError: (formatted, error) => publicError(formatted, error, log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      httpManners,
    ],
  });
  await apollo.start();

  return {
    apollo,
    contextFor: (actor, reader, requestId = newId()) =>
      createContext({
        actor,
        reader,
        content: localContent,
        cursors: new CursorSeal(keys, `${actor.workspaceId} ${actor.kind} ${userIdOf(actor)}`),
        redactions: new Redactions(),
        log: log.child({ requestId }),
        requestId,
        slice: () => slices.for(actor),
        ruleOf: (coordinate) => rules.fields.get(coordinate) ?? rules.inputs.get(coordinate),
      }),
    stop: () => apollo.stop(),
  };
}

type ApolloGateway = NonNullable<ApolloServerOptions<Context>['gateway']>;
type Executor = NonNullable<Awaited<ReturnType<ApolloGateway['load']>>['executor']>;

/** GraphQL over HTTP: a client that accepts only application/json gets 200 for what is wrong with its document. */
const httpManners: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    didResolveSource: async ({ source }) => refuseLongDocument(source),
    willSendResponse: async ({ request, response }) => {
      const speaksGraphql = request.http?.headers.get('accept')?.includes('application/graphql-response+json');
      const code = response.body.kind === 'single' && response.body.singleResult.errors?.[0]?.extensions?.code;
      if (!speaksGraphql && response.http.status === 400 && typeof code === 'string' && DOCUMENT_CODES.has(code)) {
        response.http.status = 200;
      }
    },
  }),
};

const DOCUMENT_CODES = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

/** Apollo speaks of its own start and stop at info; ours says that already. */
const quiet = (log: Logger) => ({
  debug: () => {},
  info: () => {},
  warn: (message: string) => log.warn(message),
  error: (message: string) => log.error(message),
});
