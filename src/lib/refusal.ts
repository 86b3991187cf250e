// Expected refusals: something asked for that cannot be done, with a code and one sentence that says
// what was expected and what came. Anything else that is thrown is a fault and is masked for clients.

export const ERROR_CODES = [
  'REQUIRED',
  'INVALID',
  'TOO_LONG',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'IMMUTABLE',
  'STALE_VERSION',
  'INVALID_STATE',
  'CAPABILITY_MISSING',
  'FORBIDDEN',
  'SIGN_IN_AGAIN',
  'UNAUTHENTICATED',
  'COST_EXCEEDED',
  'RATE_LIMITED',
  'DEADLINE_EXCEEDED',
  'CURSOR_INVALID',
  'CURSOR_EXPIRED',
  'UNAVAILABLE',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** `NOT_FOUND` also stands for unreachable: the two must stay indistinguishable, message included. */
export class Refusal extends Error {
  override name = 'Refusal';

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Further facts for `extensions`; never hidden content. */
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

export const invalid = (message: string): Refusal => new Refusal('INVALID', message);
export const notFound = (what: string): Refusal => new Refusal('NOT_FOUND', `${what} was not found.`);

/** What came, as JSON, so that nothing in it reads as ours; long texts are cut. */
export const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
