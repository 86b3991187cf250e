// Receipts for fields that answered null because a capability was missing: one per coordinate and response path,
// with a count. Kept in constant time: a list of a thousand nodes hits the same entry a thousand times.

import type { AnyOf } from './field-rule.js';

export interface Redaction {
  coordinate: string;
  /** Response keys without list indices, joined by dots. */
  path: string;
  needs: AnyOf;
  count: number;
}

/** Receipts of one operation. */
export class Redactions {
  private readonly byField = new Map<object, Redaction>();

  /** `fieldNodes` is the same array for every item of a list, which makes it the key; the path is built once. */
  add(fieldNodes: object, describe: () => Omit<Redaction, 'count'>): void {
    const seen = this.byField.get(fieldNodes);
    if (seen) seen.count++;
    else this.byField.set(fieldNodes, { ...describe(), count: 1 });
  }

  /** One for each coordinate and path, by path, then coordinate: neither the types of object on the way nor which
   *  statement came back first may show. `undefined` when nothing was held back. */
  list(): Redaction[] | undefined {
    if (this.byField.size === 0) return undefined;
    const merged = new Map<string, Redaction>();
    for (const receipt of this.byField.values()) {
      const key = `${receipt.path} ${receipt.coordinate}`;
      const same = merged.get(key);
      merged.set(key, same ? { ...same, count: same.count + receipt.count } : receipt);
    }
    return [...merged.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, receipt]) => receipt);
  }
}
