// How large a request may be. Checked before anything is executed.

import { GraphQLError } from 'graphql';
import { Refusal } from '../lib/refusal.js';

export const MAX_BODY_BYTES = 1_000_000;
export const MAX_DOCUMENT_BYTES = 16_000;
export const MAX_DOCUMENT_TOKENS = 2_000;

/** Throws, before parsing, for a document over the limit. */
export function refuseLongDocument(source: string): void {
  const bytes = Buffer.byteLength(source);
  if (bytes <= MAX_DOCUMENT_BYTES) return;
  const refusal = new Refusal(
    'INVALID',
    `A document may have at most ${MAX_DOCUMENT_BYTES} bytes, but this one has ${bytes}.`,
  );
  throw new GraphQLError(refusal.message, {
    originalError: refusal,
    extensions: { code: refusal.code, http: { status: 400 } },
  });
}
