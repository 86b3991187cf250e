// Traces, through the OpenTelemetry API alone: a span for each operation and one for each SQL statement below it.
// There is none for fields. Whoever wants them loads an SDK before the program (docs/operations.md); without one
// nothing here runs. A span carries no token, no value and no title: SQL loses its literals, documents are left out.

import {
  type Context,
  context,
  createContextKey,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { TOKEN_PATTERN } from './secret.js';

/** What is said about an operation once it has been read. */
export interface OperationFacts {
  /** query, mutation or subscription; `null` when the document could not be read. */
  type: string | null;
  name: string | null;
  /** Codes of its errors. */
  codes: readonly string[];
}

export interface Tracing {
  /** Runs `work` inside the span of one operation. */
  operation<T>(requestId: string, work: () => Promise<T>): Promise<T>;
  /** Says what the operation this is called in was. */
  describe(facts: OperationFacts): void;
  /** Begins the span of a statement of the operation this is called in; the answer ends it, with what went wrong if
   *  something did. `undefined` outside of operations: what the server asks for itself is not traced. */
  statement(text: string): ((error?: unknown) => void) | undefined;
}

const OPERATION = createContextKey('gatehouse operation');
const MAX_STATEMENT_LENGTH = 4_000;
const MAX_NAME_LENGTH = 64;

/** Tracing with the SDK that was loaded before; `null` when there is none. */
export function findTracing(version: string): Tracing | null {
  const tracer = findTracer(version);
  return tracer && traceWith(tracer);
}

/** The API answers a stand-in while no SDK is registered; only the stand-in knows that there is nobody behind it. */
function findTracer(version: string): Tracer | null {
  const provider = trace.getTracerProvider() as {
    getDelegateTracer?(name: string, version: string): Tracer | undefined;
  };
  if (provider.getDelegateTracer) return provider.getDelegateTracer('gatehouse', version) ?? null;
  return trace.getTracer('gatehouse', version);
}

const traceWith = (tracer: Tracer): Tracing => ({
  operation: (requestId, work) => {
    // A name of few values; `describe` gives the better one.
    const span = tracer.startSpan('graphql', {
      kind: SpanKind.SERVER,
      attributes: { 'gatehouse.request.id': requestId },
    });
    const inside = trace.setSpan(context.active(), span).setValue(OPERATION, span);
    return context.with(inside, work).then(
      (result) => {
        span.end();
        return result;
      },
      (error: unknown) => {
        fail(span, codeOf(error));
        span.end();
        throw error;
      },
    );
  },

  describe: ({ type, name, codes }) => {
    const span = operationIn(context.active());
    if (!span?.isRecording()) return;
    if (type) {
      span.updateName(type);
      span.setAttribute('graphql.operation.type', type);
    }
    // A client may have pasted anything that makes a name, a token too.
    if (name) {
      span.setAttribute('graphql.operation.name', name.replaceAll(TOKEN_PATTERN, '[hidden]').slice(0, MAX_NAME_LENGTH));
    }
    const [first] = codes;
    if (first !== undefined) fail(span, first);
  },

  statement: (text) => {
    const operation = operationIn(context.active());
    if (!operation?.isRecording()) return undefined;
    const shown = withoutLiterals(text);
    const verb = /^\s*(\w+)/.exec(shown)?.[1]?.toUpperCase() ?? 'SQL';
    const span = tracer.startSpan(verb, {
      kind: SpanKind.CLIENT,
      attributes: {
        'db.system.name': 'postgresql',
        'db.operation.name': verb,
        'db.query.text': shown.slice(0, MAX_STATEMENT_LENGTH),
      },
    });
    return (error) => {
      // PostgreSQL's own words quote values; its code does not.
      if (error !== undefined) fail(span, codeOf(error));
      span.end();
    };
  },
});

const operationIn = (active: Context): Span | undefined => active.getValue(OPERATION) as Span | undefined;

function fail(span: Span, code: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', code);
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code.slice(0, MAX_NAME_LENGTH) : 'UNKNOWN';
}

/** Strings (plain, with escapes, in dollars), numbers and comments; a name in double quotes is kept as it is. */
const LEXEME =
  /"(?:[^"]|"")*"|(?<!\w)[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|(?<tag>\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\k<tag>|--[^\n]*|\/\*[\s\S]*?\*\/|(?<![\w$.])\d[\w.]*/g;

/** The statement with `?` for every literal: the ORM writes some values into its text. A text that is not understood to
 *  its end is left out altogether. */
export function withoutLiterals(text: string): string {
  const rest = text.replaceAll(LEXEME, ' ');
  if (/['"]|\$[A-Za-z_$]|\/\*/.test(rest)) return '?';
  return text
    .replaceAll(LEXEME, (lexeme) => (lexeme.startsWith('"') ? lexeme : '?'))
    .replaceAll(/\s+/g, ' ')
    .trim();
}
