// How an operation is executed once it is validated and its context made. graphql-js says what is right; every other
// engine has to give the same answer.

import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema } from 'graphql';
import type { Context } from '../context.js';

export interface Run {
  schema: GraphQLSchema;
  ctx: Context;
  document: DocumentNode;
  operationName?: string | undefined;
  variables?: Record<string, unknown> | undefined;
  /** What the root fields stand on: the event of a subscription. */
  rootValue?: unknown;
  /** A compiled operation that has not answered by then is given up with an error. */
  deadlineMs?: number | undefined;
}

export type Engine = (run: Run) => Promise<ExecutionResult> | ExecutionResult;

/** The reference engine: graphql-js. */
export const interpret: Engine = ({ schema, ctx, document, operationName, variables, rootValue }) =>
  execute({
    schema,
    document,
    operationName: operationName ?? null,
    variableValues: variables ?? null,
    contextValue: ctx,
    rootValue,
  });
