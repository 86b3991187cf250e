// A thousand ways to doctor a log of some hundred entries, each on a copy of its own: all are found, the first wrong
// position is named, and the log as it was written passes. What only a checkpoint can tell is told by one.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChainedRow, type ChainHead, hashAfter, NO_HASH } from '../../src/audit/chain.js';
import { operatorOf } from '../../src/gate/actor.js';
import { newId } from '../../src/lib/id.js';
import { commit } from '../../src/unit-of-work.js';
import { signedIn } from '../asking.js';
import { CASES_TIMEOUT_MS, cases } from '../gate/cases.js';
import { openWorld, type World } from '../world.js';
import { faultIn, headOf, rowsOf } from './reading.js';

const TAMPERINGS = 1_000;

interface Log {
  rows: ChainedRow[];
  head: ChainHead | null;
}

/** What a tampering chooses from: places are fractions of the log's length. */
interface Dice {
  at: number;
  other: number;
  count: number;
  column: number;
  salt: number;
}

/** Changes a log, and says which is the first position that is wrong then, and whether it takes a checkpoint to see it. */
type Tampering = (log: Log, dice: Dice) => { position: number; needsCheckpoint?: boolean };

/** A few hundred entries of many kinds, with and without values. */
async function fill(world: World): Promise<void> {
  const person = await world.person({ name: 'Ada', role: 'OWNER' });
  for (let i = 0; i < 5; i++) await world.connection(['CONTENT_READ'], `Reader ${i}`);
  const actors = [
    operatorOf(world.workspaceId),
    { ...signedIn(world, person, 'OWNER'), address: '192.0.2.1' },
    { ...signedIn(world, person, 'OWNER'), address: '2001:db8::1' },
  ];
  for (let i = 0; i < 60; i++) {
    await commit(world.store.callerFor(actors[i % actors.length]!), async ({ audit }) => {
      audit({ action: 'workspace.updated', targetId: world.workspaceId, before: { n: i }, after: { n: i + 1 } });
      audit({ action: 'share.granted', targetId: newId(), details: { access: ['READ', 'UPDATE'], z: 1, a: { b: 2 } } });
      audit({ action: 'token.rotated', targetId: newId(), after: { lastFour: 'Ab1Z', until: null } });
      audit({ action: 'session.refused', targetId: person.id, byNobody: i % 2 === 0 });
    });
  }
}

const indexOf = (log: Log, part: number): number => Math.floor(part * log.rows.length);

const COLUMNS = [
  ...['workspaceId', 'position', 'id', 'action', 'actorKind', 'actorId', 'actingFor', 'targetId'],
  ...['before', 'after', 'details', 'address', 'occurredAt', 'previousHash', 'hash'],
] as (keyof ChainedRow)[];

const FACTS = COLUMNS.filter(
  (name) => !['position', 'previousHash', 'hash', 'before', 'after', 'details'].includes(name),
);

/** Another value of the same column: of another row, of none, or with one character changed. */
function another(value: string | number | null, of: string | number | null, salt: number): string | number | null {
  if (typeof value === 'number') return value + 1 + (salt % 3);
  if (salt % 3 === 0 && of !== value) return of;
  if (value === null) return salt % 2 ? '{}' : newId();
  if (salt % 3 === 1) return null;
  const at = salt % value.length;
  return value.slice(0, at) + (value[at] === 'f' ? 'e' : 'f') + value.slice(at + 1);
}

function edit({ rows }: Log, index: number, { column, other, salt }: Dice, columns = COLUMNS): void {
  const row = rows[index]!;
  const name = columns[column % columns.length]!;
  const of = rows[Math.floor(other * rows.length)]![name];
  Object.assign(row, { [name]: another(row[name], of, salt) });
}

/** The same by somebody who hashes anew: what she writes has to be readable. */
function editWell(log: Log, index: number, dice: Dice): void {
  edit(log, index, dice, FACTS);
  const row = log.rows[index]!;
  if (dice.salt % 4 === 0) row.details = `{"n":${dice.salt}}`;
}

/** Hashes rows anew from `index` on, `count` of them, as somebody would who knows how. */
function rehash(log: Log, index: number, count: number): void {
  for (let i = index; i < Math.min(index + count, log.rows.length); i++) {
    const row = log.rows[i]!;
    if (i > index) row.previousHash = log.rows[i - 1]!.hash;
    row.hash = hashAfter(row.previousHash, row);
  }
  const last = log.rows.at(-1);
  log.head = { position: log.rows.length, hash: last?.hash ?? NO_HASH };
}

const TAMPERINGS_BY_NAME: Record<string, Tampering> = {
  'edit any column': (log, dice) => {
    const index = indexOf(log, dice.at);
    edit(log, index, dice);
    return { position: Math.min(index + 1, log.rows[index]!.position) };
  },
  'write values in other characters': (log, { at, salt }) => {
    const index = indexOf(log, at);
    const row = log.rows.slice(index).find(({ details }) => details?.includes('"z":1')) ?? log.rows.at(-3)!;
    const text = row.details!;
    const forms = [
      ` ${text}`,
      text.replace('"z":1', '"z":1.0'),
      text.replace('"z":1', '"z":1,"z":1'),
      text.replace('"a"', '"\\u0061"'),
      JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse())),
    ];
    row.details = forms[salt % forms.length]!;
    return { position: row.position };
  },
  'delete entries': (log, { at, count }) => {
    const index = indexOf(log, at);
    log.rows.splice(index, count);
    return { position: index + 1 };
  },
  'delete entries and number the rest anew': (log, { at, count }) => {
    const index = Math.min(indexOf(log, at), log.rows.length - count - 1);
    log.rows.splice(index, count);
    log.rows.forEach((row, i) => {
      row.position = i + 1;
    });
    log.head = { ...log.head!, position: log.rows.length };
    return { position: index + 1 };
  },
  'swap entries': (log, { at, other, salt }) => {
    const [one, two] = [indexOf(log, at), indexOf(log, other)].sort((a, b) => a - b) as [number, number];
    const second = two === one ? (one + 1) % log.rows.length : two;
    const [a, b] = [log.rows[one]!, log.rows[second]!];
    const kept = salt % 2 ? (['position'] as const) : (['position', 'previousHash', 'hash'] as const);
    const keep = (row: ChainedRow) => Object.fromEntries(kept.map((name) => [name, row[name]]));
    [log.rows[one], log.rows[second]] = [
      { ...b, ...keep(a) },
      { ...a, ...keep(b) },
    ];
    return { position: Math.min(one, second) + 1 };
  },
  'insert an entry': (log, { at, other, salt }) => {
    const index = indexOf(log, at);
    const copy = { ...log.rows[indexOf(log, other)]!, id: newId() };
    log.rows.splice(index, 0, copy);
    copy.position = index + 1;
    if (salt % 2) for (let i = index + 1; i < log.rows.length; i++) log.rows[i]!.position = i + 1;
    return { position: index + 1 };
  },
  'insert an entry before the first or after the last': (log, { salt }) => {
    const copy = { ...log.rows[0]!, id: newId() };
    if (salt % 2) {
      log.rows.unshift({ ...copy, position: 0 });
      return { position: 0 };
    }
    const previousHash = log.rows.at(-1)!.hash;
    const added = { ...copy, position: log.rows.length + 1, previousHash };
    log.rows.push({ ...added, hash: hashAfter(previousHash, added) });
    return { position: log.rows.length };
  },
  'edit an entry and hash it anew': (log, dice) => {
    const index = indexOf(log, dice.at);
    editWell(log, index, dice);
    const { head } = log;
    rehash(log, index, 1);
    log.head = head; // found without a checkpoint, as long as the head stays
    return { position: index + 1 };
  },
  'let an entry follow another one and hash it anew': (log, { at, other }) => {
    const index = indexOf(log, at);
    log.rows[index]!.previousHash = log.rows[indexOf(log, other)]!.hash;
    const { head } = log;
    rehash(log, index, 1);
    log.head = head;
    return { position: index + 1 };
  },
  'change what the head says': (log, { salt }) => {
    const { position, hash } = log.head!;
    const heads = [
      null,
      { position: position + 1, hash },
      { position: position - 1, hash },
      { position, hash: NO_HASH },
    ];
    log.head = heads[salt % heads.length]!;
    return { position: log.head && log.head.position > position ? position + 1 : position };
  },
  'cut the end off, and the head with it': (log, { count }) => {
    log.rows.splice(-count);
    rehash(log, log.rows.length, 0);
    return { position: log.rows.length + 1, needsCheckpoint: true };
  },
  'cut the end off and write on': (log, dice) => {
    const from = log.rows.length - dice.count;
    log.rows.splice(from, 1);
    log.rows.forEach((row, i) => {
      row.position = i + 1;
    });
    log.rows.push({ ...log.rows[indexOf(log, dice.other)]!, id: newId(), position: log.rows.length + 1 });
    log.rows[from]!.previousHash = log.rows[from - 1]!.hash;
    rehash(log, from, log.rows.length);
    return { position: log.rows.length, needsCheckpoint: true };
  },
  'edit an entry and hash all from there on anew': (log, dice) => {
    const index = indexOf(log, dice.at);
    editWell(log, index, dice);
    rehash(log, index, log.rows.length);
    return { position: log.rows.length, needsCheckpoint: true };
  },
};

test(
  'A log that was tampered with is found out, and one that was not passes',
  async () => {
    await using world = await openWorld();
    await fill(world);
    const [rows, head] = [await rowsOf(world), await headOf(world)];
    expect(rows.length).toBeGreaterThan(200);
    expect(faultIn(rows, head)).toBeNull();
    expect(faultIn(rows, head, head)).toBeNull();
    const done = new Map<string, number>();
    const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const dice = fc.record({
      at: place,
      other: place,
      count: fc.integer({ min: 1, max: 20 }),
      column: fc.nat(),
      salt: fc.nat(),
    });
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(TAMPERINGS_BY_NAME)), dice, (name, thrown) => {
        const log: Log = { rows: rows.map((row) => ({ ...row })), head: head && { ...head } };
        const { position, needsCheckpoint = false } = TAMPERINGS_BY_NAME[name]!(log, thrown);
        fc.pre(JSON.stringify(log) !== JSON.stringify({ rows, head })); // sometimes dice change nothing
        done.set(name, (done.get(name) ?? 0) + 1);
        log.rows.sort((one, other) => one.position - other.position); // as they are read
        const alone = faultIn(log.rows, log.head);
        if (needsCheckpoint) expect(alone).toBeNull(); // all of it fits together: that is what checkpoints are for
        const fault = needsCheckpoint ? faultIn(log.rows, log.head, head) : alone;
        expect(fault, name).not.toBeNull();
        // Where an entry fits itself but not the one before it, either may be the wrong one.
        expect([position, position - 1]).toContain(fault!.position);
      }),
      cases('tampered logs', TAMPERINGS),
    );
    process.stderr.write(`tampered logs: ${JSON.stringify(Object.fromEntries(done))}\n`);
    const total = [...done.values()].reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThanOrEqual(TAMPERINGS);
    expect(done.size).toBe(Object.keys(TAMPERINGS_BY_NAME).length);
  },
  CASES_TIMEOUT_MS,
);
