// What gets into the audit log, and how: one chain for each workspace, without gaps, whoever writes to it at once.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditEntry, INSTALLATION_LOG, REDACTED } from '../../src/audit/entry.js';
import { type Actor, operatorOf } from '../../src/gate/actor.js';
import { type Id, newId } from '../../src/lib/id.js';
import { Refusal } from '../../src/lib/refusal.js';
import { mintToken } from '../../src/lib/secret.js';
import { commitAbout } from '../../src/people/about.js';
import { commit, type Unit } from '../../src/unit-of-work.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { signedIn } from '../asking.js';
import { openWorld, type World } from '../world.js';
import { faultIn, headOf, rowsOf } from './reading.js';

let world: World;
let operator: Actor;

beforeAll(async () => {
  world = await openWorld();
  operator = operatorOf(world.workspaceId);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const record = (entry: Omit<AuditEntry, 'action'> & Partial<AuditEntry>, actor: Actor = operator): Promise<void> =>
  commit(world.store.callerFor(actor), async (unit) => unit.audit({ action: 'workspace.updated', ...entry }));
const lastOf = async (workspaceId: Id = world.workspaceId) => (await rowsOf(world, workspaceId)).at(-1)!;
const expectWhole = async (workspaceId: Id = world.workspaceId): Promise<void> =>
  expect(faultIn(await rowsOf(world, workspaceId), await headOf(world, workspaceId))).toBeNull();

describe('A command leaves in the log', () => {
  test('one entry after the other, numbered and hashed', async () => {
    await world.connection(['CONTENT_READ']);
    await world.connection([]);
    const rows = await rowsOf(world);
    expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index + 1));
    expect(rows[0]).toMatchObject({ action: 'workspace.created', previousHash: '0'.repeat(64) });
    await expectWhole();
  });

  test('who did it, to what, from where and when', async () => {
    const person = await world.person({ role: 'OWNER' });
    const from = Date.now();
    await record({ targetId: person.id }, { ...signedIn(world, person, 'OWNER'), address: '192.0.2.7' });
    const row = await lastOf();
    expect(row).toMatchObject({
      actorKind: 'PERSON',
      actorId: person.id,
      actingFor: null,
      targetId: person.id,
      address: '192.0.2.7',
      before: null,
      after: null,
      details: null,
    });
    expect(row.occurredAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/);
    expect(Math.abs(new Date(row.occurredAt).getTime() - from)).toBeLessThan(60_000);
  });

  test('nobody, when it says that nobody was signed in', async () => {
    const person = await world.person();
    await record(
      { targetId: person.id, byNobody: true },
      { ...signedIn(world, person, 'MEMBER'), address: '192.0.2.8' },
    );
    expect(await lastOf()).toMatchObject({ actorKind: null, actorId: null, address: '192.0.2.8' });
  });

  test('the personal token it came by', async () => {
    const person = await world.person({ role: 'OWNER' });
    const { session: _, ...actor } = signedIn(world, person, 'OWNER') as Extract<Actor, { kind: 'PERSON' }>;
    const personalToken = { id: newId(), administers: true };
    await record({ targetId: person.id, details: { why: 'x' } }, { ...actor, personalToken });
    expect(JSON.parse((await lastOf()).details!)).toEqual({ personalTokenId: personalToken.id, why: 'x' });
  });

  test('values to the byte, whatever is in them', async () => {
    const details = {
      ['__proto__']: 1,
      z: [1.0, -0, 1e21, 0.1, null, undefined],
      a: { é: 'ü', '\u{1f600}': '\ud83d', '': '\0"\\\n' },
      when: new Date(0),
      gone: undefined,
    };
    await record({ targetId: world.workspaceId, details });
    expect(JSON.parse((await lastOf()).details!)).toMatchObject({
      z: [1, 0, 1e21, 0.1, null, null],
      a: { é: 'ü', '\u{1f600}': '\ufffd', '': '\0"\\\n' },
      when: '1970-01-01T00:00:00.000Z',
    });
    await expectWhole();
  });

  test('several entries in the order they were recorded', async () => {
    const actions = ['person.created', 'member.added', 'share.granted'] as const;
    await commit(world.store.callerFor(operator), async ({ audit }) => {
      for (const action of actions) audit({ action, targetId: world.workspaceId });
    });
    expect((await rowsOf(world)).slice(-3).map(({ action }) => action)).toEqual(actions);
    await expectWhole();
  });

  test('nothing when it fails, however late', async () => {
    const before = await rowsOf(world);
    const failing = async ({ audit }: Unit): Promise<void> => {
      audit({ action: 'share.granted', targetId: world.workspaceId });
      throw new Refusal('INVALID', 'No.');
    };
    await expect(commit(world.store.callerFor(operator), failing)).rejects.toThrow('No.');
    const stop = new AbortController();
    stop.abort(new Refusal('UNAVAILABLE', 'Left.'));
    await expect(
      commit({ ...world.store.callerFor(operator), stop }, async ({ audit }) =>
        audit({ action: 'share.granted', targetId: world.workspaceId }),
      ),
    ).rejects.toThrow('Left.');
    expect(await rowsOf(world)).toEqual(before);
    await expectWhole();
  });

  test('nothing of an id that the database would keep in another form', async () => {
    const before = await rowsOf(world);
    await expect(record({ targetId: newId().toUpperCase() })).rejects.toThrow('is no id as it is kept');
    expect(await rowsOf(world)).toEqual(before);
  });
});

describe('Twenty commands at once', () => {
  test('in one workspace leave dense positions and a whole chain, and those that fail leave none', async () => {
    const before = (await rowsOf(world)).length;
    const caller = world.store.callerFor(operator);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        commit(caller, async (unit) => {
          await unit.em.execute('select pg_sleep(?)', [Math.random() / 50]);
          unit.audit({ action: 'workspace.updated', targetId: world.workspaceId, details: { index } });
          if (index % 4 === 3) throw new Refusal('INVALID', 'No.');
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(5);
    const rows = (await rowsOf(world)).slice(before);
    expect(rows).toHaveLength(15);
    expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => before + index + 1));
    expect(rows.map(({ details }) => JSON.parse(details!).index).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index).filter((index) => index % 4 !== 3),
    );
    await expectWhole();
  });

  test('that begin a log begin it once', async () => {
    const workspaceId = newId();
    await Promise.all(Array.from({ length: 20 }, () => record({ targetId: workspaceId, workspaceId })));
    expect(await rowsOf(world, workspaceId)).toHaveLength(20);
    await expectWhole(workspaceId);
  });

  test('that write to two logs in opposite order do not wait for each other', async () => {
    const other = await createWorkspace(world.store, { name: 'Other' });
    const both = [world.workspaceId, other.id];
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        commit(world.store.callerFor(operator), async ({ audit }) => {
          for (const workspaceId of index % 2 ? both : both.toReversed()) {
            audit({ action: 'person.email_updated', targetId: world.workspaceId, workspaceId });
          }
        }),
      ),
    );
    expect(await rowsOf(world, other.id)).toHaveLength(21);
    await expectWhole();
    await expectWhole(other.id);
  });
});

describe('An entry goes into the log of', () => {
  test('another workspace when it names one, and not into that of the actor', async () => {
    const other = await createWorkspace(world.store, { name: 'Elsewhere' });
    const here = await rowsOf(world);
    await record({ targetId: world.workspaceId, workspaceId: other.id });
    expect(await lastOf(other.id)).toMatchObject({ workspaceId: other.id, action: 'workspace.updated', position: 2 });
    expect(await rowsOf(world)).toEqual(here);
    await expectWhole(other.id);
  });

  test('each workspace somebody is in, when it is about her and no workspace', async () => {
    const person = await world.person();
    const other = await createWorkspace(world.store, { name: 'Hers as well' });
    await world.sql(`insert into membership (workspace_id, person_id, role) values ($1, $2, 'OWNER')`, [
      other.id,
      person.id,
    ]);
    const about = { em: world.store.em, address: '192.0.2.4' };
    await commitAbout(about, person.id, async (_, say) => say({ action: 'session.started', targetId: person.id }));
    const expected = { action: 'session.started', actorId: person.id, address: '192.0.2.4' };
    expect(await lastOf()).toMatchObject(expected);
    expect(await lastOf(other.id)).toMatchObject(expected);
    await expectWhole(other.id);
  });

  test('the installation, when she is in none', async () => {
    const person = await world.person();
    await world.sql('update membership set ended_at = now() where person_id = $1', [person.id]);
    const here = await rowsOf(world);
    await commitAbout({ em: world.store.em }, person.id, async (_, say) =>
      say({ action: 'session.started', targetId: person.id }),
    );
    expect(await lastOf(INSTALLATION_LOG)).toMatchObject({ action: 'session.started', actorId: person.id });
    expect(await rowsOf(world)).toEqual(here);
    await expectWhole(INSTALLATION_LOG);
  });

  test('the installation when it belongs to no workspace', async () => {
    await record({ action: 'session.refused', targetId: newId(), workspaceId: INSTALLATION_LOG, byNobody: true });
    expect(await lastOf(INSTALLATION_LOG)).toMatchObject({ workspaceId: INSTALLATION_LOG, actorKind: null });
    await expectWhole(INSTALLATION_LOG);
  });
});

describe('What is in the log stays as it is:', () => {
  const REFUSED = 'The audit log is only added to';

  test.each([
    ['an entry cannot be changed', `update audit_entry set action = 'x' where position = 1`],
    ['not even into what it was', 'update audit_entry set action = action'],
    ['an entry cannot be deleted', 'delete from audit_entry where position = 1'],
    ['the log cannot be emptied', 'truncate audit_entry'],
    ['the head of a chain cannot go back', 'update audit_chain set position = position - 1'],
    ['the head of a chain cannot be deleted', 'delete from audit_chain'],
    ['the heads cannot be emptied', 'truncate audit_chain'],
  ])('%s', async (_, statement) => {
    const before = [await rowsOf(world), await headOf(world)];
    await expect(world.sql(statement)).rejects.toThrow(REFUSED);
    expect([await rowsOf(world), await headOf(world)]).toEqual(before);
  });
});

describe('What is sensitive does not get into the log:', () => {
  const recorded = async (entry: Partial<AuditEntry>) => {
    await record({ targetId: world.workspaceId, ...entry });
    const { before, after, details } = await lastOf();
    return [before, after, details].map((text) => text && JSON.parse(text));
  };

  test('e-mail addresses; that one changed is said', async () => {
    expect(await recorded({ before: { email: 'ada@example.org' }, after: { email: 'lovelace@example.org' } })).toEqual([
      { email: REDACTED },
      { email: REDACTED },
      null,
    ]);
  });

  test('at any depth; what says only that there is nothing, or yes or no, stays', async () => {
    const details = {
      list: [{ email: 'a@b.org', role: 'OWNER' }],
      email: null,
      requiresEmail: true,
      clientSecret: { text: 'x' },
      tokenId: 't',
    };
    expect(await recorded({ details })).toEqual([
      null,
      null,
      {
        list: [{ email: REDACTED, role: 'OWNER' }],
        email: null,
        requiresEmail: true,
        clientSecret: REDACTED,
        tokenId: 't',
      },
    ]);
  });

  test('names of people, but not of connections', async () => {
    const after = { name: 'Ada' };
    expect(await recorded({ action: 'person.updated', after })).toEqual([null, { name: REDACTED }, null]);
    expect(await recorded({ action: 'connection.updated', after })).toEqual([null, { name: 'Ada' }, null]);
  });

  test('whatever looks like a token, wherever it is', async () => {
    const token = mintToken('INTERNAL');
    const details = { note: `it was ${token}, was it not`, lastFour: token.slice(-4) };
    expect(await recorded({ details })).toEqual([
      null,
      null,
      { note: `it was ${REDACTED}, was it not`, lastFour: token.slice(-4) },
    ]);
  });

  test('the log of a person made holds neither her name nor her address', async () => {
    await world.person({ name: 'Grace Hopper', email: 'grace@navy.example' });
    const text = JSON.stringify(await rowsOf(world));
    expect(text).toContain('person.created');
    expect(text).not.toMatch(/Grace|navy\.example/);
  });
});
