// Which changes become one event, as a table. A change is written `kind resource @milliseconds`, a mark of access `| resource`.

import { describe, expect, test } from 'vitest';
import type { EventType } from '../../src/events/event.js';
import { type AccessMark, type Details, type StampedChange, settle } from '../../src/events/settle.js';

const KINDS: Record<string, EventType> = {
  made: 'PAGE_CREATED',
  written: 'PAGE_CONTENT_UPDATED',
  valued: 'PAGE_PROPERTIES_UPDATED',
  moved: 'PAGE_MOVED',
  trashed: 'PAGE_DELETED',
  restored: 'PAGE_UNDELETED',
  locked: 'PAGE_LOCKED',
  commented: 'COMMENT_CREATED',
  altered: 'DATA_SOURCE_SCHEMA_UPDATED',
};

interface Step {
  kind?: string;
  on?: string;
  at?: number;
  by?: string;
  /** Where it stands: root first. */
  below?: string[];
  details?: Details;
  /** Access to this begins or ends here; `null` for capabilities. */
  mark?: string | null;
  /** Access to `mark` expires at this time, rather than here. */
  expires?: number;
}

/** `written a @100` in short. */
const step = (text: string, more: Omit<Step, 'kind' | 'on' | 'at'> = {}): Step => {
  const [kind, on, at] = text.split(' ');
  return { kind: kind as string, on: on as string, at: Number(at?.slice(1) ?? 0), ...more };
};
const mark = (of: string | null): Step => ({ mark: of });

function told(steps: readonly Step[], { now = 10_000, windowMs = 1_000 } = {}) {
  const changes: StampedChange[] = [];
  const marks: AccessMark[] = [];
  for (const { kind, on, at = 0, by = 'ann', below = ['root'], details = {}, mark, expires } of steps) {
    if (mark !== undefined) {
      marks.push({
        resourceId: mark,
        ...(expires === undefined ? { position: changes.length } : { instant: expires }),
      });
      continue;
    }
    changes.push({
      seq: changes.length + 1,
      position: changes.length + 1,
      type: KINDS[kind as string] as EventType,
      resourceId: on as string,
      resourceVersion: changes.length + 1,
      ancestors: [...below, on as string],
      actorKind: 'PERSON',
      actorId: by,
      details,
      occurredAt: at,
      stampedAt: at,
    });
  }
  const { events, cancelled } = settle(changes, marks, { now, windowMs });
  return {
    events: events.map(({ type, changes: of }) => `${type} ${of.map(({ position }) => position).join('+')}`),
    cancelled: cancelled.map(({ position }) => position).sort(),
    details: events.map((event) => event.details),
  };
}

const CASES: [title: string, steps: Step[], events: string[], options?: { now?: number; windowMs?: number }][] = [
  ['one change is one event', [step('written a')], ['PAGE_CONTENT_UPDATED 1']],
  ['changes within the window are one', [step('written a @0'), step('written a @999')], ['PAGE_CONTENT_UPDATED 1+2']],
  [
    'the window begins with the first change and is not prolonged',
    [step('written a @0'), step('written a @600'), step('written a @1200')],
    ['PAGE_CONTENT_UPDATED 1+2', 'PAGE_CONTENT_UPDATED 3'],
  ],
  [
    'a window of 0 gathers nothing',
    [step('written a'), step('written a')],
    ['PAGE_CONTENT_UPDATED 1', 'PAGE_CONTENT_UPDATED 2'],
    { windowMs: 0 },
  ],
  [
    'kinds are kept apart, and come in the order they began in',
    [step('valued a @0'), step('written a @1'), step('valued a @2')],
    ['PAGE_PROPERTIES_UPDATED 1+3', 'PAGE_CONTENT_UPDATED 2'],
  ],
  [
    'so are resources',
    [step('written a'), step('written b'), step('written a')],
    ['PAGE_CONTENT_UPDATED 1+3', 'PAGE_CONTENT_UPDATED 2'],
  ],
  ['nothing is told before its window has passed', [step('written a @0')], [], { now: 999 }],
  ['it is told as soon as it has', [step('written a @0')], ['PAGE_CONTENT_UPDATED 1'], { now: 1_000 }],
  [
    'what began later waits for its own window',
    [step('written a @0'), step('valued a @500')],
    ['PAGE_CONTENT_UPDATED 1'],
    { now: 1_200 },
  ],
  ['locks are never gathered', [step('locked a'), step('locked a')], ['PAGE_LOCKED 1', 'PAGE_LOCKED 2']],
  ['nor are comments', [step('commented c'), step('commented c')], ['COMMENT_CREATED 1', 'COMMENT_CREATED 2']],
  [
    'a share above the resource closes the window',
    [step('written a'), mark('root'), step('written a')],
    ['PAGE_CONTENT_UPDATED 1', 'PAGE_CONTENT_UPDATED 2'],
  ],
  [
    'so does one on the resource itself',
    [step('written a'), mark('a'), step('written a')],
    ['PAGE_CONTENT_UPDATED 1', 'PAGE_CONTENT_UPDATED 2'],
  ],
  [
    'and a change of capabilities anywhere',
    [step('written a'), mark(null), step('written a')],
    ['PAGE_CONTENT_UPDATED 1', 'PAGE_CONTENT_UPDATED 2'],
  ],
  ['a share elsewhere does not', [step('written a'), mark('other'), step('written a')], ['PAGE_CONTENT_UPDATED 1+2']],
  [
    'nor does one before or after',
    [mark('root'), step('written a'), step('written a'), mark('root')],
    ['PAGE_CONTENT_UPDATED 1+2'],
  ],
  [
    'a share that expires between the two closes it as well',
    [step('written a @100'), { mark: 'root', expires: 150 }, step('written a @200')],
    ['PAGE_CONTENT_UPDATED 1', 'PAGE_CONTENT_UPDATED 2'],
  ],
  [
    'one that expires later does not',
    [step('written a @100'), { mark: 'root', expires: 250 }, step('written a @200')],
    ['PAGE_CONTENT_UPDATED 1+2'],
  ],
  [
    'a move above closes it, because other shares lie above then',
    [step('written a', { below: ['x'] }), step('written a', { below: ['y'] })],
    ['PAGE_CONTENT_UPDATED 1', 'PAGE_CONTENT_UPDATED 2'],
  ],
  ['what is made and thrown away is not told', [step('made a'), step('trashed a')], []],
  [
    'nor is what happened to it meanwhile',
    [step('made a @0'), step('written a @1'), step('trashed a @2')],
    [],
    { now: 1_000 },
  ],
  ['what happened to others is', [step('made a'), step('written b'), step('trashed a')], ['PAGE_CONTENT_UPDATED 2']],
  [
    'made, thrown away and brought back is made',
    [step('made a'), step('trashed a'), step('restored a')],
    ['PAGE_CREATED 1+2+3'],
  ],
  ['thrown away and brought back is nothing', [step('trashed a'), step('restored a')], []],
  [
    'thrown away in the end is thrown away',
    [step('trashed a'), step('restored a'), step('trashed a')],
    ['PAGE_DELETED 1+2+3'],
  ],
  [
    'what was written before it was thrown away and brought back is told',
    [step('written a'), step('trashed a'), step('restored a')],
    ['PAGE_CONTENT_UPDATED 1'],
  ],
  [
    'a share in between keeps both',
    [step('made a'), mark('root'), step('trashed a')],
    ['PAGE_CREATED 1', 'PAGE_DELETED 2'],
  ],
  [
    'later than the window is both as well',
    [step('made a @0'), step('trashed a @1000')],
    ['PAGE_CREATED 1', 'PAGE_DELETED 2'],
  ],
];

describe('Changes become events', () => {
  test.each(CASES)('%s', (_, steps, events, options) => {
    expect(told(steps, options).events).toEqual(events);
  });

  test('each change goes into one event or is cancelled, once all windows have passed', () => {
    for (const [, steps] of CASES) {
      const { events, cancelled } = told(steps);
      const used = events.flatMap((event) => event.split(' ')[1]!.split('+').map(Number));
      const written = steps.filter(({ kind }) => kind !== undefined).map((_, index) => index + 1);
      expect([...used, ...cancelled].sort((one, other) => one - other)).toEqual(written);
    }
  });

  test('values are told as they were first and as they are last', () => {
    const { details } = told([
      step('valued a', { details: { updatedProperties: ['n'], before: { n: 1 }, after: { n: 2 } } }),
      step('valued a', { details: { updatedProperties: ['m', 'n'], before: { n: 2 }, after: { n: 3, m: 'x' } } }),
    ]);
    expect(details).toEqual([{ updatedProperties: ['n', 'm'], before: { n: 1 }, after: { n: 3, m: 'x' } }]);
  });

  test('blocks are named once, whichever of the changes they were in', () => {
    const { details } = told([
      step('written a', { details: { updatedBlocks: ['x', 'y'] } }),
      step('written a', { details: { updatedBlocks: ['y', 'z'] } }),
    ]);
    expect(details).toEqual([{ updatedBlocks: ['x', 'y', 'z'] }]);
  });

  test('columns are told with what was done to them in the end', () => {
    const altered = (...done: [id: string, action: string][]) =>
      step('altered d', { details: { updatedProperties: done.map(([id, action]) => ({ id, action })) } });
    expect(
      told([altered(['new', 'created'], ['old', 'updated']), altered(['new', 'updated'], ['old', 'deleted'])]).details,
    ).toEqual([
      {
        updatedProperties: [
          { id: 'new', action: 'created' },
          { id: 'old', action: 'deleted' },
        ],
      },
    ]);
    expect(told([altered(['new', 'created']), altered(['new', 'deleted'])]).details).toEqual([
      { updatedProperties: [] },
    ]);
  });
});
