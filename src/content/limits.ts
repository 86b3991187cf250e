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
  /** Characters of one piece of text. */
  maxTextLength: number;
  /** Pieces of one rich text. */
  maxSpans: number;
  /** Characters of one formula in rich text. */
  maxEquationLength: number;
  maxEmailLength: number;
  maxPhoneLength: number;
  /** Options, people, pages or files of one value in one write. */
  maxReferences: number;
  /** Rows of one call. */
  maxRows: number;
  /** Columns of one data source. */
  maxColumns: number;
  /** Options of one column. */
  maxOptions: number;
  /** Characters of the name of a column, an option or a prefix. */
  maxNameLength: number;
  /** Characters of what a column or option is for, and of the expression of a formula. */
  maxDescriptionLength: number;
  /** Changes of one schema in one call. */
  maxSchemaChanges: number;
  /** Blocks of one call, those that stand below each other included. */
  maxBlocks: number;
  /** How many blocks may stand above each other on a page. */
  maxBlockDepth: number;
  /** Columns of a simple table. */
  maxTableWidth: number;
  /** Characters of one Markdown text. */
  maxMarkdownLength: number;
  /** Blocks of a page that are read or written as one Markdown text. */
  maxMarkdownBlocks: number;
  /** Characters of what is searched for. */
  maxSearchLength: number;
  /** Discussions on one page, those on its blocks included. */
  maxDiscussions: number;
  /** Comments in one discussion. */
  maxComments: number;
  /** Bytes of one upload for a page or database. */
  maxUploadBytes: number;
  /** Bytes of one uploaded export. */
  maxImportUploadBytes: number;
  /** Uploads of one user that wait to be used. */
  maxOpenUploads: number;
}

export const DEFAULT_CONTENT_LIMITS: ContentLimits = {
  maxTitleLength: 2_000,
  maxUrlLength: 2_000,
  maxTreeDepth: 200,
  maxTextLength: 2_000,
  maxSpans: 100,
  maxEquationLength: 1_000,
  maxEmailLength: 200,
  maxPhoneLength: 200,
  maxReferences: 100,
  maxRows: 100,
  maxColumns: 500,
  maxOptions: 1_000,
  maxNameLength: 100,
  maxDescriptionLength: 2_000,
  maxSchemaChanges: 100,
  maxBlocks: 1_000,
  maxBlockDepth: 50,
  maxTableWidth: 100,
  maxMarkdownLength: 200_000,
  maxMarkdownBlocks: 20_000,
  maxSearchLength: 300,
  maxDiscussions: 1_000,
  maxComments: 1_000,
  maxUploadBytes: 20 * 1024 ** 2,
  maxImportUploadBytes: 5 * 1024 ** 3,
  maxOpenUploads: 100,
};

/** Where in the input something stands. */
export type Path = readonly string[];

/** `rows.3.properties.0.number`. */
export const place = (path: Path): string => path.join('.');

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

/** The same on one line, trimmed; null when nothing is left. */
export function requireLine(
  text: string,
  limits: ContentLimits,
  where: { limit: keyof ContentLimits; path: readonly string[] },
): string | null {
  const line = requireText(text, limits, where).trim();
  if (!/\p{Cc}/u.test(line)) return line || null;
  const { path } = where;
  throw new Refusal('INVALID', `${path.join('.')} should be one line, but holds control characters.`, { path });
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
