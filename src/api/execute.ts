// The one place where operations execute, behind Apollo and, later, behind sockets. graphql-js is the engine.

import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema } from 'graphql';
import type { Context } from '../context.js';

export interface Operation {
  document: DocumentNode;
  operationName?: string | undefined;
  variables?: Record<string, unknown> | undefined;
}

/** Executes a validated operation as the actor of the context; receipts come along in `extensions.redactions`. */
export async function executeOperation(
  schema: GraphQLSchema,
  ctx: Context,
  operation: Operation,
): Promise<ExecutionResult> {
  const result = await execute({
    schema,
    document: operation.document,
    operationName: operation.operationName ?? null,
    variableValues: operation.variables ?? null,
    contextValue: ctx,
  });
  const redactions = ctx.redactions.list();
  return redactions ? { ...result, extensions: { ...result.extensions, redactions } } : result;
}
