// Parameters of OAuth requests: each at most once, and one without a value is none (RFC 6749 §3.1, §3.2).

import { invalidRequest } from './problem.js';

export type Parameters = ReadonlyMap<string, string>;

/** Of a form or a query string. Throws `invalid_request` for one that comes twice. */
export function parametersOf(given: URLSearchParams): Parameters {
  const seen = new Set<string>();
  const found = new Map<string, string>();
  for (const [name, value] of given) {
    if (seen.has(name)) throw invalidRequest(`Send ${name.slice(0, 40)} once; it came twice.`);
    seen.add(name);
    if (value !== '') found.set(name, value);
  }
  return found;
}

/** The same of a JSON body: an object of strings. */
export function parametersOfJson(body: unknown): Parameters {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw invalidRequest('Send a JSON object like {"grant_type": "authorization_code"}, or a form.');
  }
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(body)) {
    if (value === null || value === '') continue;
    if (typeof value !== 'string') throw invalidRequest(`${name.slice(0, 40)} should be a string.`);
    found.set(name, value);
  }
  return found;
}
