// Names in an export: "Title <32 hex digits>.md", with the id at the end of file and folder names.

import { posix } from 'node:path';
import { dashed, type Id } from '../lib/id.js';

export interface ExportName {
  id: Id;
  title: string;
}

// The digits stand alone: a longer run of hex digits, or a dashed UUID, is part of the title.
const TITLE_AND_ID = /^(?:(.*?)[\s_-])?([0-9a-f]{32})$/is;

/** Title and id in a name without its extension; `null` when it carries no id. */
export function parseName(stem: string): ExportName | null {
  const match = TITLE_AND_ID.exec(stem.trim());
  return match ? { id: dashed(match[2]!.toLowerCase()), title: (match[1] ?? '').trim() } : null;
}

export type NamedFile = ExportName & { kind: 'PAGE' | 'CSV' | 'ALL_CSV' };

/** What a file is by its name: a page, a database, all lines of a database, or `null` for an attachment. */
export function parseFileName(name: string): NamedFile | null {
  const extension = posix.extname(name).toLowerCase();
  const stem = name.slice(0, name.length - extension.length);
  if (extension === '.md') {
    const found = parseName(stem);
    return found && { ...found, kind: 'PAGE' };
  }
  if (extension !== '.csv') return null;
  const all = /^(.*)_all$/is.exec(stem);
  const found = parseName(all ? all[1]! : stem);
  return found && { ...found, kind: all ? 'ALL_CSV' : 'CSV' };
}

/** Titles are compared trimmed and composed, the way file systems and links may differ. */
export const comparable = (text: string): string => text.normalize('NFC').trim();

const JUNK_NAMES = new Set(['.ds_store', 'thumbs.db', 'desktop.ini']);

/** Why a path is left out whatever it holds, or `null`. */
export function junkReason(path: string): Skippable | null {
  const segments = path.split('/');
  const macosx = segments.indexOf('__MACOSX');
  if (macosx >= 0) {
    return { path: `${segments.slice(0, macosx + 1).join('/')}/`, reason: 'macOS archive metadata' };
  }
  const name = segments.at(-1)!;
  if (JUNK_NAMES.has(name.toLowerCase()) || name.startsWith('._')) {
    return { path, reason: 'a file of the operating system' };
  }
  const insidePage = segments.slice(0, -1).some((segment) => parseName(segment));
  if (name.toLowerCase() === 'index.html' && !insidePage) return { path, reason: 'the index of the export' };
  return null;
}

type Skippable = { path: string; reason: string };
