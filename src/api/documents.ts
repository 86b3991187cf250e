// Documents that were parsed, weighed and found valid, kept so that the next request with the same text skips all of
// that. Apollo asks for them by hash and puts them in; the door asks by text, before it knows who is asking.

import { hash } from 'node:crypto';
import type { DocumentNode } from 'graphql';

/** Together; a parsed document holds about 50 bytes of heap for one of its text. */
const KEPT_CHARACTERS = 600_000;
const KEPT_DOCUMENTS = 1_000;
const HASH_LENGTH = 64;

export class Documents {
  private readonly kept = new Map<string, DocumentNode>();
  private characters = 0;

  /** A valid document with this very text, if it is known. */
  of(text: string): DocumentNode | undefined {
    return this.take(hash('sha256', text));
  }

  // From here on what Apollo calls a key-value cache: keys end in the hash of the text.

  async get(key: string): Promise<DocumentNode | undefined> {
    return this.take(key.slice(-HASH_LENGTH));
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    const id = key.slice(-HASH_LENGTH);
    this.drop(id);
    this.kept.set(id, document);
    this.characters += lengthOf(document);
    for (const oldest of this.kept.keys()) {
      if (this.characters <= KEPT_CHARACTERS && this.kept.size <= KEPT_DOCUMENTS) break;
      this.drop(oldest);
    }
  }

  async delete(key: string): Promise<boolean> {
    return this.drop(key.slice(-HASH_LENGTH));
  }

  private take(id: string): DocumentNode | undefined {
    const document = this.kept.get(id);
    if (!document) return undefined;
    this.kept.delete(id); // put back as the youngest: the map is in order of use
    this.kept.set(id, document);
    return document;
  }

  private drop(id: string): boolean {
    const document = this.kept.get(id);
    if (document) this.characters -= lengthOf(document);
    return this.kept.delete(id);
  }
}

const lengthOf = (document: DocumentNode): number => document.loc?.source.body.length ?? 0;
