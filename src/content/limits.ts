// How much may be written at once. Defaults are those of the reference product; an operator sets others by name
// (server/configuration.ts). Each refusal names the input, the limit and what came.

import { Refusal } from '../lib/refusal.js';
import type { Caller } from '../unit-of-work.js';

export interface ContentLimits {
  /** Characters of a title. */
  maxTitleLength: number;
  /** Characters of any web address. */
  maxUrlLength: number;
  /** How deep pages may stand below each other: each carries all that is above it. */
  maxTreeDepth: number;
}

export const DEFAULT_CONTENT_LIMITS: ContentLimits = {
  maxTitleLength: 2_000,
  maxUrlLength: 2_000,
  maxTreeDepth: 200,
};

declare module '../context.js' {
  interface Context {
    contentLimits: ContentLimits;
  }
}

/** Who writes content. The command line and the importer keep to the defaults. */
export interface Writer extends Caller {
  contentLimits?: ContentLimits;
}

export const limitsOf = ({ contentLimits }: Writer): ContentLimits => contentLimits ?? DEFAULT_CONTENT_LIMITS;

/** Throws `TOO_LONG` when there is more than a limit allows. `units` completes "at most 5 …". */
export function requireWithin(
  amount: number,
  limits: ContentLimits,
  { limit, units, path }: { limit: keyof ContentLimits; units: string; path: readonly string[] },
): void {
  const most = limits[limit];
  if (amount <= most) return;
  throw new Refusal('TOO_LONG', `${path.join('.')} may have at most ${most} ${units} (${limit}), but has ${amount}.`, {
    path,
  });
}

/** Text as it can be kept, of at most so many characters. Refused: half a character, and U+0000, which PostgreSQL keeps
 *  nowhere. */
export function requireText(
  text: string,
  limits: ContentLimits,
  { limit, path }: { limit: keyof ContentLimits; path: readonly string[] },
): string {
  requireWithin(text.length, limits, { limit, units: 'characters', path });
  if (text.isWellFormed() && !text.includes('\0')) return text;
  throw new Refusal('INVALID', `${path.join('.')} should be text, but holds half a character or U+0000.`, { path });
}

/** An absolute http or https address without a name or password in it, as browsers write it. */
export function requireUrl(text: string, limits: ContentLimits, path: readonly string[]): string {
  requireWithin(text.length, limits, { limit: 'maxUrlLength', units: 'characters', path });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url.href;
  throw new Refusal(
    'INVALID',
    `${path.join('.')} should be a web address like https://example.org/picture.png, but is: ${JSON.stringify(text.slice(0, 60))}`,
    { path },
  );
}
