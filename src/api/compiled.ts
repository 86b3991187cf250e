// Compiled execution: graphql-jit for queries that come again and again, graphql-js for everything else, and for every
// mutation. What either answers is the same, which test/api/compiled.property.test.ts holds them to.
//
// graphql-jit 0.8.9 by itself is not safe. What it does wrong, and what keeps it from that:
//
//   a string literal of the document can become code         it is shown no arguments at all (compile-shadow.ts)
//   recursive variable types compile for seconds             it is shown no variables; graphql-js coerces them
//   @oneOf, defaults and messages of variables differ        the same
//   an absent variable in a literal arrives as null          getArgumentValues of graphql-js, once for each field node
//   @skip and @include lose fields and their order           decided before compiling, one compiled form an outcome
//   keys with "_" can take each other's place, __proto__     such documents are not compiled
//   compile time grows with possible types ^ depth           compileWeight, refused above MAX_WEIGHT
//   a throw outside a resolver hangs the request or the      nothing outside a resolver can throw: each field has
//   process                                                  one, lists are settled arrays; and there is a deadline
//
// An operation that has begun is never run again.

import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  locatedError,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import {
  conditionsOf,
  type Running,
  realInfo,
  shadowDocument,
  shadowSchema,
  tellingSerializers,
} from './compile-shadow.js';
import { compileWeight } from './compile-weight.js';
import { type Engine, interpret, type Run } from './engine.js';

/** About 0.06 ms of compiling for each. */
const MAX_WEIGHT = 300;
/** Outcomes of @skip and @include a document is compiled for. */
const MAX_VARIANTS = 16;
const MAX_VARIABLE_ERRORS = 50; // as graphql-js
const DEADLINE_MS = 15_000;

export interface CompiledOptions {
  /** Compiled operations kept, most recently used; one of a small document holds about 52 kB. */
  keep?: number;
  /** Times a document is interpreted before it is compiled. */
  after?: number;
  /** Told of each operation how it ran. For tests and metrics. */
  onRun?: (how: 'compiled' | 'interpreted') => void;
}

type Query = CompiledQuery['query'];

/** What is known of one operation of a document under one outcome of its conditions. */
interface Variant {
  runs: number;
  /** `null`: not to be compiled; `undefined`: not yet. */
  query?: Query | null | undefined;
}

interface Known {
  conditions: string[];
  operation: OperationDefinitionNode | null;
  variants: Map<string, Variant>;
}

/** An engine for one guarded schema. Made of its resolvers as they are at the first compilation. */
export function compileFor(
  schema: GraphQLSchema,
  { keep = 500, after = 2, onRun = () => {} }: CompiledOptions = {},
): Engine {
  const documents = new WeakMap<DocumentNode, Map<string | undefined, Known>>();
  const kept = new Set<Variant>(); // in order of use
  let shadow: { schema: GraphQLSchema | null; serializers: ReturnType<typeof tellingSerializers> } | undefined;

  const knownOf = (document: DocumentNode, operationName: string | undefined): Known => {
    const byName = documents.get(document) ?? new Map<string | undefined, Known>();
    documents.set(document, byName);
    const known = byName.get(operationName);
    if (known) return known;
    const operation = getOperationAST(document, operationName) ?? null;
    const found: Known = { operation, conditions: operation ? conditionsOf(document) : [], variants: new Map() };
    if (operation) byName.set(operationName, found); // names of no operation are the client's to invent
    return found;
  };

  const compile = (document: DocumentNode, known: Known, variables: Record<string, unknown>): Query | null => {
    shadow ??= { schema: shadowSchema(schema), serializers: tellingSerializers(schema) };
    const { operation } = known;
    const given = operation && shadow.schema && shadowDocument(document, operation, variables);
    if (!given || !shadow.schema) return null;
    if (compileWeight(shadow.schema, given.document, given.operation) > MAX_WEIGHT) return null;
    const compiled = compileQuery(shadow.schema, given.document, undefined, {
      customSerializers: shadow.serializers,
      disablingCapturingStackErrors: true,
      resolverInfoEnricher: realInfo(schema, document, operation, given.originalOf) as never,
    });
    return isCompiledQuery(compiled) ? compiled.query : null;
  };

  /** The compiled query for these variables; `null` where graphql-js is to run it. */
  const queryFor = (document: DocumentNode, known: Known, variables: Record<string, unknown>): Query | null => {
    const outcome = known.conditions.map((name) => (variables[name] === true ? '1' : '0')).join('');
    if (!known.variants.has(outcome) && known.variants.size >= MAX_VARIANTS) return null;
    const variant: Variant = known.variants.get(outcome) ?? { runs: 0 };
    known.variants.set(outcome, variant);
    if (variant.query === undefined) {
      if (variant.runs++ < after) return null;
      try {
        variant.query = compile(document, known, variables);
      } catch {
        variant.query = null;
      }
    }
    if (variant.query === null) return null;
    kept.delete(variant);
    kept.add(variant);
    if (kept.size > keep) {
      const [oldest = variant] = kept;
      kept.delete(oldest);
      oldest.query = undefined;
      oldest.runs = 0;
    }
    return variant.query;
  };

  return (run) => {
    const known = knownOf(run.document, run.operationName);
    if (!known.operation || known.operation.operation === OperationTypeNode.MUTATION) return interpreted(run);
    const { errors, coerced } = getVariableValues(
      schema,
      known.operation.variableDefinitions ?? [],
      run.variables ?? {},
      { maxErrors: MAX_VARIABLE_ERRORS },
    );
    if (errors) return { errors };
    // A condition that is neither true nor false is an error graphql-js words.
    if (known.conditions.some((name) => name in coerced && typeof coerced[name] !== 'boolean')) return interpreted(run);
    const query = queryFor(run.document, known, coerced);
    if (!query) return interpreted(run);
    onRun('compiled');
    return runCompiled(query, run, coerced);
  };

  function interpreted(run: Run): ReturnType<Engine> {
    onRun('interpreted');
    return interpret(run);
  }
}

function runCompiled(query: Query, run: Run, variables: Record<string, unknown>): ReturnType<Engine> {
  const running: Running = { ctx: run.ctx, variables, args: new Map() };
  let result: ReturnType<Query>;
  try {
    result = query(run.rootValue, running, {});
  } catch (error) {
    return failed(error);
  }
  return result instanceof Promise
    ? withinDeadline(result, run.deadlineMs ?? DEADLINE_MS).then(asInterpreted, failed)
    : asInterpreted(result);
}

const failed = (error: unknown): ExecutionResult => {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return { data: null, errors: [new GraphQLError(originalError.message, { originalError })] };
};

/** What has not settled by then will not be waited for, and what it does afterwards harms nobody. */
function withinDeadline<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`A compiled operation gave no answer within ${ms} ms.`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Errors as graphql-js would have given them. */
function asInterpreted({ data, errors }: ExecutionResult): ExecutionResult {
  return errors ? { errors: errors.map(errorAsInterpreted), data } : { data };
}

function errorAsInterpreted(error: GraphQLError): GraphQLError {
  const { path, locations } = error;
  const located = locatedError(thrownBehind(error), undefined, path);
  if (!located.locations) Object.assign(located, { locations });
  return located;
}

function thrownBehind({ message, originalError }: GraphQLError): unknown {
  if (originalError) return originalError;
  if (typeof message !== 'string') return message; // of a leaf that failed: the error itself (compile-shadow.ts)
  if (message === '') return undefined; // what was thrown was nothing
  return new Error(message.replace(/\((\w+)(,\w+)*\)\.$/, '$1.')); // names each node where graphql-js names the field
}
