// What a page or database looks like from outside: title, icon and cover, as somebody gave them, checked and compared.

import { isNamedUpload, type NamedUpload } from '../file/attach.js';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { type Sql, sql } from '../lib/sql.js';
import {
  type CoverInput,
  type IconInput,
  requireCover,
  requireIcon,
  type StoredCover,
  type StoredIcon,
} from './appearance.js';
import { limitsOf, type Path, requireText, type Writer } from './limits.js';
import type { Target } from './target.js';

/** What is left out stays; null takes away. */
export interface LookInput {
  title?: string | null | undefined;
  icon?: IconInput | null | undefined;
  cover?: CoverInput | null | undefined;
}

/** The same, as it is kept: undefined stays. */
export interface Look {
  title: string | undefined;
  icon: StoredIcon | null | undefined;
  cover: StoredCover | null | undefined;
}

/** What a command was told of an object that is there. */
export interface ChangeOf {
  id: Id;
  /** Refused when it has another version by now. */
  expectedVersion?: number | null | undefined;
}

/** Refused: a title or address that is too long, what is no emoji or no address of the web. */
export function readLook(caller: Writer, { title, icon, cover }: LookInput): Look {
  const limits = limitsOf(caller);
  return {
    title:
      title === undefined ? undefined : requireText(title ?? '', limits, { limit: 'maxTitleLength', path: ['title'] }),
    icon: icon && requireIcon(icon, limits),
    cover: cover && requireCover(cover, limits),
  };
}

/** How something new looks: empty where nothing was said. */
export const firstLook = ({ title, icon, cover }: Look) => ({
  title: title ?? '',
  icon: icon ?? null,
  cover: cover ?? null,
});

/** Throws `REQUIRED` when nothing of it was given. */
export function requireSome(look: Look): void {
  if (Object.values(look).some((held) => held !== undefined)) return;
  throw new Refusal('REQUIRED', 'Say what to change: title, icon or cover.');
}

/** What is other than it was. */
export interface LookChanges {
  set: Sql[];
  retitled: boolean;
  relooked: boolean;
}

/** Uploads that icon and cover name, for what they are put on. */
export const uploadsOfLook = (
  look: { icon?: Look['icon']; cover?: Look['cover'] },
  resourceId: Id,
  path: Path,
): NamedUpload[] =>
  (['icon', 'cover'] as const).flatMap((name): NamedUpload[] => {
    const held = look[name];
    if (!held || !('file' in held) || !isNamedUpload(held.file)) return [];
    return [{ file: held.file, kind: 'image/', resourceId, path: [...path, name, 'uploadId'] }];
  });

export function lookChanges(before: Pick<Target, 'title' | 'icon' | 'cover'>, look: Look): LookChanges {
  const set: Sql[] = [];
  const retitled = look.title !== undefined && look.title !== before.title;
  if (retitled) set.push(sql`title = ${look.title}`);
  const relooked = (['icon', 'cover'] as const).filter(
    (name) => look[name] !== undefined && !isSame(look[name], before[name]),
  );
  for (const name of relooked) {
    const held = look[name];
    set.push(sql`${sql.ref(name)} = ${held ? JSON.stringify(held) : null}::jsonb`);
  }
  return { set, retitled, relooked: relooked.length > 0 };
}

/** Both hold one text, or one file. */
const isSame = (one: object | null | undefined, other: object | null): boolean =>
  JSON.stringify(one ?? null) === JSON.stringify(other);
