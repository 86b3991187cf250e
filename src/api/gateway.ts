// The gateway: schema, slices and the Apollo Server over them, and what a context is made of. One for each process.

import { hash } from 'node:crypto';
import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  parse,
} from 'graphql';
import { type ContentLimits, DEFAULT_CONTENT_LIMITS } from '../content/limits.js';
import { localContent } from '../content/local.js';
import { type Context, createContext, type Reader } from '../context.js';
import { type Actor, userIdOf } from '../gate/actor.js';
import { Redactions } from '../gate/redactions.js';
import { CursorSeal } from '../lib/cursor.js';
import { newId } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import { Refusal } from '../lib/refusal.js';
import type { Tracing } from '../lib/tracing.js';
import type { KeyHolder } from '../unit-of-work.js';
import { DEFAULT_WEBHOOK_SETTINGS, type WebhookSettings } from '../webhook/settings.js';
import { type Asking, answering, type HttpAnswer, type HttpAsked } from './answer.js';
import { type Bill, unweighed, type Weight } from './bill.js';
import { compileFor } from './compiled.js';
import { Scales } from './cost.js';
import type { CreateDemoWorkspace } from './demo.js';
import { Documents } from './documents.js';
import type { Engine } from './engine.js';
import { publicError } from './errors.js';
import { executeOperation } from './execute.js';
import { judging } from './judge-document.js';
import {
  DEFAULT_LIMITS,
  type Limits,
  MAX_ERRORS,
  refuseLongDocument,
  refuseSprawl,
  refuseVariables,
} from './limits.js';
import { ending, type Observer, observing } from './observe.js';
import { type RenderDelivery, rendering } from './render-delivery.js';
import { buildGatewaySchema, type GuardedSchema } from './schema.js';
import { answerIntrospectionFromSlice, Slices } from './slice.js';
import { isSubscription, type Subscribed, subscribing } from './subscribing.js';

export interface Gateway {
  apollo: ApolloServer<Context>;
  limits: Limits;
  /** Where clients reach it, without a slash at the end. */
  publicUrl: () => string;
  /** Sees to all limits and weighs what is asked for, before it is known who is asking. Never throws. */
  weigh(asked: Asked): Weight;
  /** Answers a request over HTTP, in its context. */
  answer(asked: HttpAsked, ctx: Context): Promise<HttpAnswer>;
  /** Opens a subscription for whoever the context is of. */
  subscribe(asking: Asking, ctx: Context): Promise<Subscribed | { errors: GraphQLFormattedError[] }>;
  /** What a request asks for, when it is a subscription; `null` for all else, and for what cannot be read. */
  subscriptionIn(asked: Asked): Asking | null;
  /** A context for one operation of this actor. Without a bill the operation is weighed when it is executed, and
   *  nobody pays. */
  contextFor(actor: Actor, reader: Reader, given?: ContextOptions): Context;
  /** The body of a delivery, as it may be sent at this moment. */
  renderDelivery: RenderDelivery;
  stop(): Promise<void>;
}

/** A request as it came: nothing about it is certain. */
export interface Asked {
  query?: unknown;
  operationName?: unknown;
  variables?: unknown;
}

export interface ContextOptions {
  requestId?: string;
  bill?: Bill;
  stop?: AbortController;
  idempotencyKey?: string;
}

export interface GatewayOptions {
  /** Where commands are carried out, and the keys they need. */
  store: Pick<KeyHolder, 'em' | 'keys' | 'committed'>;
  log: Logger;
  /** Where clients reach the gateway; known once it listens. */
  publicUrl?: () => string;
  /** Default: the gateway's own schema. Tests hand in small ones, benches one with an empty rule table. */
  guarded?: GuardedSchema;
  /** Who counts operations; nobody by default. */
  observer?: Observer | undefined;
  limits?: Limits;
  /** How much may be written at once. */
  contentLimits?: ContentLimits;
  /** How many endpoints a connection may have, and where they may be. */
  webhooks?: WebhookSettings;
  tracing?: Tracing | null;
  /** Default: compiled. Benches hand in another. */
  engine?: Engine;
  /** Answers say in `extensions.statements` how many statements they took. */
  showStatements?: boolean;
  /** Makes the demo workspace of whoever asks for one; without it there is none. */
  createDemoWorkspace?: CreateDemoWorkspace;
  /** What "now" is to operations; the clock of the machine by default. */
  clock?: () => Date;
}

/** Builds and starts it. Throws when the schema breaks the rules of the gate. */
export async function createGateway({
  store,
  log,
  publicUrl = () => 'http://localhost:4000',
  guarded = buildGatewaySchema(),
  observer,
  limits = DEFAULT_LIMITS,
  contentLimits = DEFAULT_CONTENT_LIMITS,
  webhooks = DEFAULT_WEBHOOK_SETTINGS,
  tracing,
  engine = compileFor(guarded.schema),
  showStatements,
  createDemoWorkspace,
  clock,
}: GatewayOptions): Promise<Gateway> {
  const { schema, rules } = guarded;
  const slices = new Slices(schema, rules);
  answerIntrospectionFromSlice();

  const logs = new WeakMap<object, Logger>();

  const scales = new Scales(schema);
  const documents = new Documents();
  const compact = new WeakSet<DocumentNode>(); // those within the limits of documents

  /** The document of a text within all limits of documents; throws the refusal of any other, and what the parser says. */
  const compactDocument = (text: string): DocumentNode => {
    const known = documents.of(text);
    if (known && compact.has(known)) return known;
    refuseLongDocument(text, limits);
    const document = known ?? parse(text, { maxTokens: limits.maxDocumentTokens });
    refuseSprawl(document, limits);
    compact.add(document);
    return document;
  };

  /** The points of an operation within all limits; throws the refusal of any other. */
  const weighDocument = (document: DocumentNode, operationName: unknown, variables: unknown): number => {
    refuseVariables(variables, limits);
    const name = typeof operationName === 'string' ? operationName : null;
    const values = variables !== null && typeof variables === 'object' ? (variables as Record<string, unknown>) : {};
    return scales.weigh(document, name, values);
  };

  const weigh = ({ query, operationName, variables }: Asked): Weight => {
    if (typeof query !== 'string') return { requested: 0 };
    try {
      const document = compactDocument(query);
      refuseMissingRoot(document, operationName, schema);
      const requested = weighDocument(document, operationName, variables);
      return requested > limits.maxCost ? { requested, refusal: tooDear(requested, limits) } : { requested };
    } catch (error) {
      if (error instanceof Refusal) return { requested: 0, refusal: error };
      if (error instanceof GraphQLError) return { requested: 0 }; // Apollo parses it again, and says what is wrong
      throw error;
    }
  };

  const judgeDocument = judging({
    schema,
    rules,
    parse: compactDocument,
    weigh: (document) => {
      const requested = weighDocument(document, null, null);
      if (requested > limits.maxCost) throw tooDear(requested, limits);
    },
  });

  const execute = async (ctx: Context, asking: Asking): Promise<ExecutionResult> => {
    const { document, operationName, variables } = asking;
    const bill = ctx.bill ?? unweighed();
    if (!bill.weighed) {
      const weight = weigh(asking);
      bill.requested = weight.requested;
      if (weight.refusal) {
        return { errors: [new GraphQLError(weight.refusal.message, { originalError: weight.refusal })] };
      }
    }
    bill.actual = bill.requested;
    if (isSubscription(document, operationName)) return { errors: [NOT_HERE] };
    const operation = { document, operationName, variables, maxMs: limits.maxOperationMs };
    const result = withFewErrors(await executeOperation(schema, ctx, operation, engine));
    if (!ctx.stop?.signal.aborted) {
      bill.actual = Math.min(bill.requested, scales.count(document, operationName, result.data));
    }
    return result;
  };

  const executor: Executor = async ({ context, document, request }) => {
    const ctx = context as Context;
    return ctx.executed?.result ?? execute(ctx, { document, ...request });
  };

  const { end, endForSeveral } = ending({ observer, describe: tracing?.describe, showStatements });
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
    parseOptions: { maxTokens: limits.maxDocumentTokens },
    validationOptions: { maxErrors: MAX_ERRORS },
    documentStore: documents,
    logger: quiet(log),
    formatError: (formatted, error) => publicError(shortened(formatted), error, logs.get(error as object) ?? log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      httpManners,
      observing(logs, end),
    ],
  });
  await apollo.start();

  const gateway: Gateway = {
    apollo,
    limits,
    publicUrl,
    weigh,
    answer: answering({ apollo, documents, execute, end }),
    subscribe: subscribing({
      schema,
      limits,
      keep: (document) => void documents.set(hash('sha256', document.loc?.source.body ?? ''), document),
      endForSeveral,
      publish: (error, ctx) => publicError(shortened(error.toJSON()), error, ctx.log),
    }),
    subscriptionIn: ({ query, operationName, variables }) => {
      if (typeof query !== 'string') return null;
      try {
        const document = compactDocument(query);
        const name = typeof operationName === 'string' ? operationName : undefined;
        if (!isSubscription(document, name)) return null;
        return { document, query, operationName: name, variables: (variables ?? undefined) as Asking['variables'] };
      } catch (error) {
        if (error instanceof Refusal || error instanceof GraphQLError) return null;
        throw error;
      }
    },
    contextFor: (actor, reader, { requestId = newId(), bill = unweighed(), stop, idempotencyKey } = {}) =>
      createContext({
        actor,
        em: store.em,
        keys: store.keys,
        ...(store.committed && { committed: store.committed }),
        reader,
        content: localContent,
        contentLimits,
        webhooks,
        judgeDocument,
        maxRollupCandidates: limits.maxRollupCandidates,
        get cursors() {
          return new CursorSeal(store.keys, `${actor.workspaceId} ${actor.kind} ${userIdOf(actor)}`); // names its actor
        },
        redactions: new Redactions(),
        denied: (coordinate) => observer?.denied(coordinate, actor),
        get log() {
          return log.child({ requestId }); // few ask for it
        },
        requestId,
        publicUrl,
        slice: (whose = actor) => slices.for(whose),
        ruleOf: (coordinate) => rules.fields.get(coordinate) ?? rules.inputs.get(coordinate),
        contentOf: (coordinate) => rules.content.get(coordinate.split('.')[0] as string) ?? null,
        bill,
        ...(createDemoWorkspace && { createDemoWorkspace }),
        ...(stop && { stop }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(clock && { clock }),
      }),
    renderDelivery: rendering({
      schema,
      limits,
      parse: compactDocument,
      contextFor: (actor, reader) => gateway.contextFor(actor, reader),
      publish: (error, ctx) => publicError(shortened(error.toJSON()), error, ctx.log),
    }),
    stop: () => apollo.stop(),
  };
  return gateway;
}

type ApolloGateway = NonNullable<ApolloServerOptions<Context>['gateway']>;
type Executor = NonNullable<Awaited<ReturnType<ApolloGateway['load']>>['executor']>;

/** GraphQL over HTTP: a client that accepts only application/json gets 200 for what is wrong with its document. */
const httpManners: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ request, response }) => {
      const code = response.body.kind === 'single' && response.body.singleResult.errors?.[0]?.extensions?.code;
      if (response.http.status === 400) {
        response.http.status = statusOf(String(code), request.http?.headers.get('accept'));
      }
    },
  }),
};

const NOT_HERE = new GraphQLError('', {
  originalError: new Refusal('INVALID', 'Subscriptions are asked for over a WebSocket, at the same address.'),
});

const tooDear = (requested: number, { maxCost }: Limits): Refusal =>
  new Refusal(
    'COST_EXCEEDED',
    `An operation may cost at most ${maxCost} points, but this one asks for ${requested}. Ask for fewer at a time: smaller first or last, fewer lists in each other.`,
  );

/** Validation lets an operation pass whose type the schema has not. */
function refuseMissingRoot(document: DocumentNode, operationName: unknown, schema: GraphQLSchema): void {
  const operation = getOperationAST(document, typeof operationName === 'string' ? operationName : null);
  if (operation && !schema.getRootType(operation.operation)) {
    throw new Refusal('GRAPHQL_VALIDATION_FAILED', `There is no ${operation.operation} here.`);
  }
}

/** Of variables that could not be read, graphql-js speaks of each wrong element. */
const withFewErrors = (result: ExecutionResult): ExecutionResult =>
  result.data === undefined && result.errors ? { ...result, errors: result.errors.slice(0, MAX_ERRORS) } : result;

/** What graphql-js says about a value quotes it, however long it is. */
const shortened = (error: GraphQLFormattedError): GraphQLFormattedError =>
  error.message.length <= MAX_MESSAGE_LENGTH
    ? error
    : { ...error, message: `${error.message.slice(0, MAX_MESSAGE_LENGTH)}…` };

const MAX_MESSAGE_LENGTH = 1_000;

/** The status of what was refused before anything was executed. */
export const statusOf = (code: string, accept: string | undefined): number =>
  DOCUMENT_CODES.has(code) && !accept?.includes('application/graphql-response+json') ? 200 : 400;

const DOCUMENT_CODES = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

/** Apollo speaks of its own start and stop at info; ours says that already. */
const quiet = (log: Logger) => ({
  debug: () => {},
  info: () => {},
  warn: (message: string) => log.warn(message),
  error: (message: string) => log.error(message),
});
