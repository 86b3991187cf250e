// How changes become events: what is gathered into one, what cancels out, in which order they come. Pure; settler.ts reads
// the changes and writes the events.

import type { ActorKind } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import type { EventType } from './event.js';

/** A change with its position. Times are milliseconds. */
export interface StampedChange {
  seq: number;
  position: number;
  type: EventType;
  resourceId: Id;
  resourceVersion: number;
  ancestors: readonly Id[];
  actorKind: ActorKind;
  actorId: Id | null;
  details: Details;
  occurredAt: number;
  stampedAt: number;
}

export interface Details {
  updatedProperties?: readonly unknown[];
  updatedBlocks?: readonly unknown[];
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  [more: string]: unknown;
}

/** Where somebody's access begins or ends: after the change with this position, or at an instant. */
export type AccessMark = {
  /** What was shared; `null` for capabilities, which count everywhere. */
  resourceId: Id | null;
} & ({ position: number } | { instant: number });

/** One event to be: the changes that went into it, in their order. */
export interface Gathered {
  type: EventType;
  changes: readonly [StampedChange, ...StampedChange[]];
  details: Details;
}

export interface Settlement {
  /** In the order of their first changes. */
  events: Gathered[];
  /** Changes that go into none: what they did was undone. */
  cancelled: StampedChange[];
}

interface Group {
  key: string;
  changes: [StampedChange, ...StampedChange[]];
}

/** Each of these is an event of its own. */
const NEVER_GATHERED: ReadonlySet<EventType> = new Set<EventType>([
  'PAGE_LOCKED',
  'PAGE_UNLOCKED',
  'COMMENT_CREATED',
  'COMMENT_UPDATED',
  'COMMENT_DELETED',
  'FILE_UPLOAD_CREATED',
  'FILE_UPLOAD_COMPLETED',
  'FILE_UPLOAD_EXPIRED',
  'FILE_UPLOAD_UPLOAD_FAILED',
]);

/** Whether something is there: its beginning, its way into the trash and its way back are gathered together. */
const EXISTENCE = /^(PAGE|DATABASE|DATA_SOURCE)_(CREATED|DELETED|UNDELETED)$/;

/** What may be settled at `now`, in milliseconds, of changes given in the order of their positions. An event is due once its
 *  first change is `windowMs` old; those that began earlier are due earlier, so events keep the order of their beginnings.
 *  Changes of one resource and kind are gathered unless they lie further apart than that, the resource was moved between
 *  them, or access to it, or above it, began or ended. */
export function settle(
  changes: readonly StampedChange[],
  marks: readonly AccessMark[],
  { now, windowMs }: { now: number; windowMs: number },
): Settlement {
  const groups = gather(changes, marks, windowMs);
  const firstLate = groups.findIndex(({ changes: [first] }) => now - first.stampedAt < windowMs);
  const due = firstLate < 0 ? groups : groups.slice(0, firstLate);
  const gone = new Set<Group>();
  for (const group of due) {
    if (!isExistence(group) || netOf(group) !== null) continue;
    gone.add(group);
    if (group.changes[0].type.endsWith('_CREATED')) {
      for (const other of groups) if (isWithin(other, group)) gone.add(other);
    }
  }
  return {
    events: due.flatMap((group) => (gone.has(group) ? [] : [eventOf(group)])),
    cancelled: [...gone].flatMap((group) => group.changes),
  };
}

function gather(changes: readonly StampedChange[], marks: readonly AccessMark[], windowMs: number): Group[] {
  const groups: Group[] = [];
  const latest = new Map<string, Group>();
  for (const change of changes) {
    const { type, resourceId } = change;
    const key = `${resourceId} ${EXISTENCE.test(type) ? 'EXISTENCE' : type}`;
    const group = latest.get(key);
    if (group && belongs(change, group, marks, windowMs)) group.changes.push(change);
    else {
      const begun: Group = { key, changes: [change] };
      groups.push(begun);
      latest.set(key, begun);
    }
  }
  return groups;
}

function belongs(change: StampedChange, { changes }: Group, marks: readonly AccessMark[], windowMs: number): boolean {
  const last = changes.at(-1) as StampedChange;
  return (
    !NEVER_GATHERED.has(change.type) &&
    change.stampedAt - changes[0].stampedAt < windowMs &&
    isSamePlace(last.ancestors, change.ancestors) &&
    !marks.some((mark) => liesBetween(mark, last, change))
  );
}

const isSamePlace = (one: readonly Id[], other: readonly Id[]): boolean =>
  one.length === other.length && one.every((id, index) => id === other[index]);

function liesBetween(mark: AccessMark, one: StampedChange, next: StampedChange): boolean {
  if (mark.resourceId !== null && !next.ancestors.includes(mark.resourceId)) return false;
  return 'position' in mark
    ? one.position <= mark.position && mark.position < next.position
    : one.occurredAt < mark.instant !== next.occurredAt < mark.instant;
}

const isExistence = ({ key }: Group): boolean => key.endsWith(' EXISTENCE');

/** Whether all of `other` happened to the resource of `group` while that was made and thrown away again. */
const isWithin = (other: Group, { changes }: Group): boolean =>
  other.changes.every(
    ({ resourceId, position }) =>
      resourceId === changes[0].resourceId &&
      position >= changes[0].position &&
      position <= (changes.at(-1) as StampedChange).position,
  );

/** What a beginning, an end and a return come to, all together; `null` when everything is as it was. */
function netOf({ changes }: Group): EventType | null {
  const [first] = changes;
  const last = changes.at(-1) as StampedChange;
  const endsInTrash = last.type.endsWith('_DELETED');
  if (first.type.endsWith('_CREATED')) return endsInTrash ? null : first.type;
  return first.type === last.type ? first.type : null;
}

function eventOf(group: Group): Gathered {
  const { changes } = group;
  const type = isExistence(group) ? (netOf(group) as EventType) : changes[0].type;
  return { type, changes, details: changes.map(({ details }) => details).reduce(mergedDetails) };
}

/** First values before, last values after, and everything that is listed once. */
function mergedDetails(earlier: Details, later: Details): Details {
  const merged: Details = { ...earlier, ...later };
  if (earlier.before || later.before) merged.before = { ...later.before, ...earlier.before };
  if (earlier.after || later.after) merged.after = { ...earlier.after, ...later.after };
  if (earlier.updatedProperties && later.updatedProperties) {
    merged.updatedProperties = mergedProperties(earlier.updatedProperties, later.updatedProperties);
  }
  if (earlier.updatedBlocks && later.updatedBlocks) {
    merged.updatedBlocks = [...new Set([...earlier.updatedBlocks, ...later.updatedBlocks])];
  }
  return merged;
}

type Altered = { id: string; action: 'created' | 'updated' | 'deleted' };

/** Values are named by their ids, columns with what was done to them. */
function mergedProperties(earlier: readonly unknown[], later: readonly unknown[]): unknown[] {
  const merged = new Map<string, unknown>();
  for (const one of [...earlier, ...later]) {
    if (typeof one === 'string') merged.set(one, one);
    else {
      const { id, action } = one as Altered;
      const before = merged.get(id) as Altered | undefined;
      if (before?.action === 'created' && action === 'deleted') merged.delete(id);
      else merged.set(id, before?.action === 'created' ? before : one);
    }
  }
  return [...merged.values()];
}
