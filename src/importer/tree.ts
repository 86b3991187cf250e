// What lies below what: pages and databases own the folder that carries their id; folders without one are transparent.

import { posix } from 'node:path';
import type { Id } from '../lib/id.js';
import { comparable, parseName } from './names.js';

/** Something with an id that may own a folder. */
export interface Named {
  id: Id;
  title: string;
  path: string;
}

export interface FolderOwner {
  id: Id;
  /** The folder that made it the owner. */
  folder: string;
  title: string;
}

/** Finds the owner of a path by the folders it lies in. */
export class FolderTree {
  readonly #siblings = new Map<string, Id | null>();
  readonly #owners = new Map<string, FolderOwner | null>([['', null]]);

  constructor(named: Iterable<Named>) {
    for (const { id, title, path } of named) {
      const key = siblingKey(folderOf(path), title);
      const known = this.#siblings.get(key);
      this.#siblings.set(key, known === undefined || known === id ? id : null);
    }
  }

  /** The owner of the nearest folder around `path` that is not `self`; `null` at the top. */
  ownerOf(path: string, self?: Id): FolderOwner | null {
    let owner = this.#ownerOfFolder(folderOf(path));
    while (owner && owner.id === self) owner = this.#ownerOfFolder(folderOf(owner.folder));
    return owner;
  }

  #ownerOfFolder(folder: string): FolderOwner | null {
    const known = this.#owners.get(folder);
    if (known !== undefined) return known;
    const name = posix.basename(folder);
    const named = parseName(name);
    // Some exports leave the id out of folder names; the page beside the folder then has the same title.
    const id = named?.id ?? this.#siblings.get(siblingKey(folderOf(folder), name));
    const owner = id ? { id, folder, title: named?.title ?? name } : this.#ownerOfFolder(folderOf(folder));
    this.#owners.set(folder, owner);
    return owner;
  }
}

export const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

const siblingKey = (folder: string, title: string): string => `${folder}/${comparable(title)}`;
