// Subscriptions: one source for each, and an execution of its own for each thing that comes from it, in a context that was
// made for that. Over HTTP there are none.

import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
  validate,
} from 'graphql';
import type { Context } from '../context.js';
import type { Actor } from '../gate/actor.js';
import type { Asking } from './answer.js';
import { executeOperation } from './execute.js';
import type { Limits } from './limits.js';
import { MAX_ERRORS } from './limits.js';
import type { Ending } from './observe.js';

/** The answer to one thing that came, as clients read it. */
export interface Delivery {
  data?: ExecutionResult['data'];
  errors?: GraphQLFormattedError[];
  extensions?: Record<string, unknown>;
}

export interface Subscribed {
  source: AsyncIterable<unknown>;
  /** Answers the subscription for one thing that came from the source. */
  deliver(ctx: Context, root: unknown): Promise<Delivered>;
}

export interface Delivered {
  delivery: Delivery;
  /** Has to be said of everybody it is delivered to. */
  counted(to: Actor): void;
}

export interface Subscribing {
  schema: GraphQLSchema;
  limits: Limits;
  /** Remembers a valid document, for the next who asks with the same text. */
  keep(document: DocumentNode): void;
  /** Error texts as clients get them. */
  publish(error: GraphQLError, ctx: Context): GraphQLFormattedError;
  endForSeveral(ending: Ending): (to: Actor) => void;
}

/** Opens subscriptions. */
export function subscribing({ schema, limits, keep, publish, endForSeveral }: Subscribing) {
  const valid = new WeakSet<DocumentNode>();

  return async (asking: Asking, ctx: Context): Promise<Subscribed | { errors: GraphQLFormattedError[] }> => {
    const { document, operationName, variables } = asking;
    const refused = (errors: readonly GraphQLError[]) => ({ errors: errors.map((error) => publish(error, ctx)) });
    if (!valid.has(document)) {
      const errors = validate(schema, document, undefined, { maxErrors: MAX_ERRORS });
      if (errors.length > 0) {
        return {
          errors: refused(errors).errors.map((error) => ({
            ...error,
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
          })),
        };
      }
      valid.add(document);
      keep(document);
    }
    const source = await createSourceEventStream({
      schema,
      document,
      contextValue: ctx,
      variableValues: variables ?? null,
      operationName: operationName ?? null,
    });
    if (!(Symbol.asyncIterator in source)) return refused(source.errors ?? []);
    const operation = getOperationAST(document, operationName) ?? undefined;
    return {
      source,
      deliver: async (of, root) => {
        const startedAt = performance.now();
        const { data, errors, extensions } = await executeOperation(schema, of, {
          document,
          operationName,
          variables,
          rootValue: root,
          maxMs: limits.maxOperationMs,
        });
        const delivery: Delivery = {
          ...(data !== undefined && { data }),
          ...(errors && { errors: errors.map((error) => publish(error, of)) }),
          ...(extensions && { extensions: { ...extensions } }),
        };
        return { delivery, counted: endForSeveral({ ctx: of, operation, result: delivery, startedAt }) };
      },
    };
  };
}

/** Whether a document asks for a subscription. */
export const isSubscription = (document: DocumentNode, operationName: string | null | undefined): boolean =>
  getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
