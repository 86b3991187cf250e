// How Markdown names what is inside the workspace: links of a scheme of their own. Their text is for people; what is read
// again is the address.

import { parseId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { requireDate } from '../property/date-text.js';
import type { FileReference } from './block-content.js';
import type { LinkTarget, ResolveLink } from './markdown-dialect.js';
import type { DateSpan } from './rich-text.js';

const SCHEME = 'gatehouse:';
// What would be run where it is clicked, or is a file of whoever clicks.
const UNSAFE = /^(javascript|vbscript|data|file|blob):/i;

export const linkToResource = (id: string): string => `${SCHEME}${id}`;
export const linkToUser = (id: string): string => `${SCHEME}user/${id}`;
export const linkToFile = (id: string): string => `${SCHEME}file/${id}`;
export const linkToDate = ({ start, end, timeZone }: DateSpan): string =>
  `${SCHEME}date/${start}${end === undefined ? '' : `/${end}`}${timeZone === undefined ? '' : `?${timeZone}`}`;

/** Where links in Markdown of clients lead. A file is one of those `files` knows, by id: what is stored for another page
 *  opens to nobody by being named. */
export const linksAmong =
  (files: ReadonlyMap<string, FileReference>): ResolveLink =>
  (href) => {
    const url = href.trim();
    if (url.toLowerCase().startsWith(SCHEME)) return inside(url.slice(SCHEME.length), files) ?? missing(url);
    if (UNSAFE.test(url.replace(/[\s\p{Cc}]/gu, ''))) return { kind: 'UNSAFE' };
    return url === '' ? missing(url) : { kind: 'WEB', url: url.replace(/[\s\p{Cc}]/gu, encodeURIComponent) };
  };

const missing = (path: string): LinkTarget => ({ kind: 'MISSING', path, id: null, isDatabase: false });

function inside(path: string, files: ReadonlyMap<string, FileReference>): LinkTarget | null {
  const [, kind, rest] = /^(user|file|date)\/(.*)$/.exec(path) ?? [];
  if (kind === undefined) {
    const id = parseId(path);
    return id === null ? null : { kind: 'RESOURCE', id };
  }
  if (kind === 'date') return dateOf(rest ?? '');
  const id = parseId(rest ?? '');
  if (id === null) return null;
  if (kind === 'user') return { kind: 'USER', id };
  const file = files.get(id);
  return file ? { kind: 'FILE', path: '', ...file, fileId: id } : null;
}

function dateOf(text: string): LinkTarget | null {
  const [, start = '', end, timeZone] = /^([^/?]+)(?:\/([^/?]+))?(?:\?(.+))?$/.exec(text) ?? [];
  try {
    return { kind: 'DATE', ...requireDate({ start, end, timeZone }, []) };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
