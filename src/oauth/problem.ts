// What OAuth refuses, in its own words (RFC 6749 §4.1.2.1, §5.2): a code for programs and a sentence for developers.

export type OAuthCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'access_denied'
  | 'slow_down'
  | 'temporarily_unavailable'
  | 'server_error';

const STATUSES: Partial<Record<OAuthCode, number>> = {
  invalid_client: 401,
  slow_down: 429,
  temporarily_unavailable: 503,
  server_error: 500,
};

export class OAuthProblem extends Error {
  override name = 'OAuthProblem';

  constructor(
    readonly code: OAuthCode,
    message: string,
    /** Seconds after which it may be tried again. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }

  get status(): number {
    return STATUSES[this.code] ?? 400;
  }
}

/** A sentence as it may be sent: the standards allow neither quotation marks nor backslashes nor letters beyond ASCII. */
export const asDescription = (text: string): string => text.replaceAll('"', "'").replace(/[^\x20-\x5b\x5d-\x7e]/g, '?');

export const invalidRequest = (message: string): OAuthProblem => new OAuthProblem('invalid_request', message);

/** The same words, whatever was wrong with a code or a refresh token: nothing is told to whoever found one. */
export const invalidGrant = (): OAuthProblem =>
  new OAuthProblem('invalid_grant', 'The code or refresh token is not valid, was used, has expired, or is not yours.');
