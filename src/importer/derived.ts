// Ids made from other ids. Unlike `derivedId` it takes any 128 bits as the namespace: ids of an export need not be
// well-formed UUIDs, and the `uuid` package checks version and variant of a namespace given as text.

import { v5 } from 'uuid';
import type { Id } from '../lib/id.js';

/** What `derivedId` answers, for every id. */
export const derivedFrom = (namespace: Id, name: string): Id =>
  v5(name, Uint8Array.from(Buffer.from(namespace.replaceAll('-', ''), 'hex')));
