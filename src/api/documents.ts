// Documents that were parsed, weighed and found valid, kept so that the next request with the same text skips all of
// that. Apollo asks for them by hash and puts them in; the door asks by text, before it knows who is asking.

import { hash } from 'node:crypto';
import type { DocumentNode } from 'graphql';

/** Together; a parsed document holds about 50 bytes of heap for one of its text. */
const KEPT_CHARACTERS = 600_000;
const KEPT_DOCUMENTS = 1_000;
const HASH_LENGTH = 64;

export class Documents {
  private readonly kept = new Map<string, DocumentNode>(); // by text, in order of use
  private readonly texts = new Map<string, string>(); // by hash
  private characters = 0;

  /** A valid document with this very text, if it is known. */
  of(text: string): DocumentNode | undefined {
    const document = this.kept.get(text);
    if (!document) return undefined;
    this.kept.delete(text); // put back as the youngest
    this.kept.set(text, document);
    return document;
  }

  // From here on what Apollo calls a key-value cache: keys end in the hash of the text.

  async get(key: string): Promise<DocumentNode | undefined> {
    const text = this.texts.get(key.slice(-HASH_LENGTH));
    return text === undefined ? undefined : this.of(text);
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    const text = document.loc?.source.body;
    if (text === undefined) return;
    const id = key.slice(-HASH_LENGTH);
    this.drop(id);
    this.kept.set(text, document);
    this.texts.set(id, text);
    this.characters += text.length;
    for (const [oldest] of this.kept) {
      if (this.characters <= KEPT_CHARACTERS && this.kept.size <= KEPT_DOCUMENTS) break;
      this.drop(hash('sha256', oldest));
    }
  }

  async delete(key: string): Promise<boolean> {
    return this.drop(key.slice(-HASH_LENGTH));
  }

  private drop(id: string): boolean {
    const text = this.texts.get(id);
    if (text === undefined) return false;
    this.texts.delete(id);
    this.kept.delete(text);
    this.characters -= text.length;
    return true;
  }
}
