// The one place where operations execute, behind Apollo and, later, behind sockets. The gateway hands in the compiled
// engine (compiled.ts); graphql-js is the one it is measured by, and docs/decisions/0007 says why there are two.

import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import type { Context } from '../context.js';
import { mayChange } from '../gate/rules.js';
import { Refusal } from '../lib/refusal.js';
import { type Engine, interpret } from './engine.js';
import { refuseKeyForMany } from './idempotency.js';
import { DEFAULT_LIMITS } from './limits.js';

export interface Operation {
  document: DocumentNode;
  operationName?: string | undefined;
  variables?: Record<string, unknown> | undefined;
  /** What the root fields stand on: what came to a subscription. */
  rootValue?: unknown;
  /** Default 10 seconds. */
  maxMs?: number | undefined;
}

/** Executes a validated operation as the actor of the context; receipts come along in `extensions.redactions`. One that
 *  takes too long is answered `DEADLINE_EXCEEDED`, without data, and what it has under way in the database is stopped.
 *  A mutation of somebody who acts as somebody else is answered `FORBIDDEN`, whatever it holds. A key in the header of an
 *  operation with more than one mutation is refused. */
export async function executeOperation(
  schema: GraphQLSchema,
  ctx: Context,
  { maxMs = DEFAULT_LIMITS.maxOperationMs, ...operation }: Operation,
  engine: Engine = interpret,
): Promise<ExecutionResult> {
  if (!mayChange(ctx.actor) && isMutation(operation))
    return { errors: [new GraphQLError(NO_CHANGE.message, NO_CHANGE_BY)] };
  const misplaced =
    ctx.idempotencyKey === undefined ? null : refuseKeyForMany(operation.document, operation.operationName);
  if (misplaced) return { errors: [new GraphQLError(misplaced.message, { originalError: misplaced })] };
  const running = engine({ schema, ctx, ...operation, deadlineMs: maxMs + ENGINE_GRACE_MS });
  const result = running instanceof Promise ? await inTime(running, ctx, maxMs) : running;
  const redactions = ctx.redactions.list();
  return redactions ? { ...result, extensions: { ...result.extensions, redactions } } : result;
}

const isMutation = ({ document, operationName }: Operation): boolean =>
  getOperationAST(document, operationName)?.operation === OperationTypeNode.MUTATION;

const NO_CHANGE = new Refusal(
  'FORBIDDEN',
  'Whoever acts as an installation only looks: no mutation is carried out. Send it as yourself, without Gatehouse-Act-As.',
);
const NO_CHANGE_BY = { originalError: NO_CHANGE };

/** An engine's own deadline is for what hangs inside it; this one comes first. */
const ENGINE_GRACE_MS = 1_000;

function inTime(running: Promise<ExecutionResult>, ctx: Context, maxMs: number): Promise<ExecutionResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const refusal = new Refusal(
        'DEADLINE_EXCEEDED',
        `An operation may take at most ${maxMs / 1_000} seconds. This one took longer and was stopped.`,
      );
      resolve({ errors: [new GraphQLError(refusal.message, { originalError: refusal })], data: null });
      ctx.stop?.abort(refusal);
    }, maxMs);
    running.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
