// Compares what the gateway answered with what the oracle says, receipts and errors included, and looks for canaries.

import { isDeepStrictEqual } from 'node:util';
import type { Scanner } from './canary.js';
import type { Document } from './document.js';
import { type AskerModel, type Field, keyOf } from './model.js';
import type { Expected } from './oracle.js';
import type { Answered } from './plant.js';

/** What is wrong with an answer: one sentence each, none when all is well. */
export function faultsOf(fields: Field[], expected: Expected, { body, bytes }: Answered, scanner?: Scanner): string[] {
  const faults: string[] = [];
  for (const field of fields) {
    const key = keyOf(field);
    const came = settled(body.data?.[key], field);
    const due = settled(expected.data[key], field);
    if (!isDeepStrictEqual(came, due)) {
      const kind = weight(came) > weight(due) ? 'LEAK' : 'WRONGFUL DENIAL or difference';
      faults.push(`${kind} at ${key}: expected ${JSON.stringify(due)}, but got ${JSON.stringify(came)}`);
    }
  }
  const refused = (body.errors ?? []).map(({ path, extensions }) => `${path?.join('.')} ${extensions?.code}`).sort();
  const due = expected.refused.map((key) => `${key} CAPABILITY_MISSING`).sort();
  if (!isDeepStrictEqual(refused, due)) {
    faults.push(`ERRORS: expected ${JSON.stringify(due)}, but got ${JSON.stringify(body.errors)}`);
  }
  const receipts = (body.extensions?.redactions ?? []).map(
    ({ coordinate, path, needs, count }) =>
      `${coordinate} ${path} ${needs.map((set) => set.join('+')).join('|')} ×${count}`,
  );
  const owed = [...expected.receipts].map(([receipt, count]) => `${receipt} ×${count}`);
  if (!isDeepStrictEqual(receipts.sort(), owed.sort())) {
    faults.push(`RECEIPTS: expected ${JSON.stringify(owed)}, but got ${JSON.stringify(receipts)}`);
  }
  if (scanner) {
    const shown = JSON.stringify(expected.data);
    for (const { secret, spelling } of scanner.find(bytes, (one) => shown.includes(one))) {
      faults.push(`LEAK: the bytes hold ${secret}, spelt ${spelling}`);
    }
  }
  return faults;
}

/** Status, headers and body, without what is new each time: the time of day, the number of the request, and the points
 *  that are left of the budget. */
export const steady = ({ status, bytes }: Answered): string =>
  `${status} ${bytes.replace(/^(date|x-request-id): .*$/gim, '').replace(/"remaining":[\d.]+/g, '"remaining":0')}`;

/** One message with all that is needed to see it again. */
export const report = (world: unknown, asker: AskerModel, { query, variables }: Document, faults: string[]): string =>
  [
    ...faults,
    `actor: ${JSON.stringify(asker)}`,
    `question: ${query}`,
    `variables: ${JSON.stringify(variables)}`,
    `world: ${JSON.stringify(world)}`,
  ].join('\n');

/** The order of users and of capability names is not promised: both sides are put in one. */
function settled(value: unknown, { name, fields = [] }: Field): unknown {
  if (value === null || value === undefined || typeof value !== 'object') return value;
  const sorted = (list: unknown): unknown =>
    Array.isArray(list) ? [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : list;
  const object = { ...(value as Record<string, unknown>) };
  if (name === 'users') {
    for (const field of fields)
      if (['nodes', 'edges'].includes(field.name)) object[keyOf(field)] = sorted(object[keyOf(field)]);
  }
  if (name === 'viewer') {
    for (const field of fields) {
      if (field.name === 'capabilities') object[keyOf(field)] = sorted(object[keyOf(field)]);
      if (field.name === 'installation')
        object[keyOf(field)] = settled(object[keyOf(field)], { ...field, name: 'viewer' });
    }
  }
  return name === 'fieldAccess' || Array.isArray(value) ? value : object;
}

/** How much an answer says: a leak says more than it should. */
const weight = (value: unknown): number => JSON.stringify(value ?? null).replaceAll('null', '').length;
