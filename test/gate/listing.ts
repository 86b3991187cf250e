// Order, filters and counts of lists, for the oracle: plain arrays, everything in hand.

import type { ResourceModel } from './model.js';

export type TextFilter = { eq?: string; contains?: string; startsWith?: string };
export type ResourceFilter = { title?: TextFilter; inTrash?: boolean; lastEditedAt?: { after?: string } } | undefined;

/** Of two of one time the later id comes first; among the oldest, the earlier one. */
export const lastEditedFirst = (a: ResourceModel, b: ResourceModel): number =>
  b.lastEditedAt.getTime() - a.lastEditedAt.getTime() || (a.id < b.id ? 1 : -1);
export const oldestFirst = (a: ResourceModel, b: ResourceModel): number =>
  a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1);

export const text = (value: string, { eq, contains, startsWith }: TextFilter = {}, anyCase = false): boolean =>
  (eq === undefined || value === eq || (anyCase && value.toLowerCase() === eq.toLowerCase())) &&
  (contains === undefined || value.toLowerCase().includes(contains.toLowerCase())) &&
  (startsWith === undefined || value.toLowerCase().startsWith(startsWith.toLowerCase()));

export const matches = (
  resource: ResourceModel,
  { title, inTrash = false, lastEditedAt }: ResourceFilter = {},
): boolean =>
  resource.inTrash === inTrash &&
  text(resource.title, title) &&
  (lastEditedAt?.after === undefined || resource.lastEditedAt > new Date(lastEditedAt.after));

/** Where a page of a list of `length` begins and ends. */
export function windowOf(length: number, { first, last }: Record<string, unknown>): { from: number; to: number } {
  if (typeof last === 'number') return { from: Math.max(0, length - last), to: length };
  return { from: 0, to: Math.min(length, typeof first === 'number' ? first : 50) };
}
