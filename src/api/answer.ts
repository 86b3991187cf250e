// From a request over HTTP to its answer. Apollo Server is the front: it reads requests, parses and validates documents
// and words what is wrong. A document it has found valid before needs none of that: it goes straight to execution, and
// what comes of it straight into the answer. Both ways give the same bytes (test/api/answer.test.ts); which one a
// request takes is decided in `shortWay` alone.

import type { IncomingHttpHeaders } from 'node:http';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import { type DocumentNode, type ExecutionResult, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { Context } from '../context.js';
import type { Documents } from './documents.js';
import type { Ending } from './observe.js';

export interface HttpAsked {
  method: string;
  /** Without credentials. */
  headers: IncomingHttpHeaders;
  search: string;
  /** Of a POST, parsed; its content type was JSON. */
  body: unknown;
}

export interface HttpAnswer {
  status: number;
  headers: Iterable<readonly [name: string, value: string]>;
  /** `null`: Apollo wants to deliver it in parts, which nobody is offered. */
  text: string | null;
}

/** An operation to execute, of a document that was found valid. */
export interface Asking {
  document: DocumentNode;
  /** The text of the document. */
  query?: string | undefined;
  operationName?: string | undefined;
  variables?: Record<string, unknown> | undefined;
}

/** What was executed already when Apollo is asked for words about it. */
export interface Executed {
  result: Promise<ExecutionResult>;
  startedAt: number;
}

declare module '../context.js' {
  interface Context {
    /** The result of this operation, when it was executed before Apollo came in. */
    executed?: Executed;
  }
}

export interface Answering {
  apollo: ApolloServer<Context>;
  documents: Documents;
  execute(ctx: Context, asking: Asking): Promise<ExecutionResult>;
  /** Called once for each operation, right before its answer is written. */
  end(ending: Ending): void;
}

/** Answers requests whose sender is known. */
export function answering({ apollo, documents, execute, end }: Answering) {
  /** The content type Apollo chose, by what was accepted. */
  const contentTypes = new Map<string, string>();

  const learn = (accept: string, type: string): void => {
    const [oldest] = contentTypes.keys();
    if (contentTypes.size >= KEPT_CONTENT_TYPES && oldest !== undefined) contentTypes.delete(oldest);
    contentTypes.set(accept, type);
  };

  const byApollo = async ({ method, headers, search, body }: HttpAsked, ctx: Context): Promise<HttpAnswer> => {
    const given = new HeaderMap();
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined && name !== 'authorization' && name !== 'cookie') {
        given.set(name, Array.isArray(value) ? value.join(', ') : value);
      }
    }
    const { status = 200, ...answer } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers: given, search, body },
      context: async () => ctx,
    });
    const type = answer.headers.get('content-type');
    if (status === 200 && type) learn(given.get('accept') ?? '', type);
    return { status, headers: answer.headers, text: answer.body.kind === 'complete' ? answer.body.string : null };
  };

  /** The operation a request asks for, when there is nothing left that Apollo could say about the request. */
  const shortWay = ({ method, body }: HttpAsked): (Asking & { operation: OperationDefinitionNode }) | null => {
    if (method !== 'POST' || !isRecord(body)) return null;
    const { query, operationName = null, variables = null, extensions = null } = body;
    if (typeof query !== 'string') return null;
    if (operationName !== null && typeof operationName !== 'string') return null;
    if (variables !== null && !isRecord(variables)) return null;
    if (extensions !== null && (!isRecord(extensions) || extensions.persistedQuery)) return null;
    const document = documents.of(query);
    const operation = document && getOperationAST(document, operationName);
    if (!document || !operation) return null;
    return { document, operation, query, operationName: operationName ?? undefined, variables: variables ?? undefined };
  };

  return async (asked: HttpAsked, ctx: Context): Promise<HttpAnswer> => {
    const asking = shortWay(asked);
    const type = asking && contentTypes.get(asked.headers.accept ?? '');
    if (!asking || !type) return byApollo(asked, ctx);
    const startedAt = performance.now();
    const running = execute(ctx, asking);
    const result = await running.catch(() => null);
    // What went wrong is worded in one place, and nothing is executed twice.
    if (!result || result.errors) return byApollo(asked, { ...ctx, executed: { result: running, startedAt } });
    const answer = { data: result.data, extensions: result.extensions };
    end({ ctx, operation: asking.operation, result: answer, startedAt });
    return { status: 200, headers: [['content-type', type]], text: `${JSON.stringify(answer)}\n` };
  };
}

/** Programs send few different ones. */
const KEPT_CONTENT_TYPES = 100;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
