// Granting, changing and revoking: who may, what is refused, and what is written.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Actor, PersonActor } from '../../src/gate/actor.js';
import { CAPABILITIES, SHARE_ACCESS } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { grantShare, revokeShare, updateShare } from '../../src/share/lifecycle.js';
import { askWith, personalToken } from '../actors.js';
import { mutate, operatorIn, type Payload, signedIn } from '../asking.js';
import { type Asker, openWorld, type World } from '../world.js';

const SHARE = 'share { id version access expiresAt grantedAt resource { id } grantee { id } installation { id } }';

let world: World;
let owner: PersonActor;
let member: PersonActor;
let guest: PersonActor;
let page: Id;

beforeAll(async () => {
  world = await openWorld();
  owner = await personWith('OWNER');
  member = await personWith('MEMBER');
  guest = await personWith('GUEST');
  page = await world.page({ title: 'Handbook' });
});
afterAll(() => world[Symbol.asyncDispose]());

const personWith = async (role: PersonActor['role']): Promise<PersonActor> =>
  signedIn(world, await world.person({ role }), role) as PersonActor;

const withToken = ({ session: _, ...person }: PersonActor, administers: boolean): PersonActor => ({
  ...person,
  role: administers || person.role !== 'OWNER' ? person.role : 'MEMBER',
  personalToken: { id: newId(), administers },
});

const reader = (): Promise<Asker> => world.connection(['CONTENT_READ', 'CONTENT_UPDATE']);

const grant = (actor: Actor, input: Record<string, unknown>): Promise<Payload> =>
  mutate(world, actor, 'grantShare', { resourceId: page, ...input }, SHARE);
const update = (actor: Actor, input: Record<string, unknown>): Promise<Payload> =>
  mutate(world, actor, 'updateShare', input, SHARE);
const revoke = (actor: Actor, id: Id): Promise<Payload> =>
  mutate(world, actor, 'revokeShare', { id }, `${SHARE} stillOpenedBy { id }`);

/** Everything that a command on shares could leave behind. */
const written = () =>
  world.sql('select *, (select count(*) from audit_entry) as entries from share order by id, version');

const intervalsOf = (id: Id) =>
  world.sql<{ version: number; access: number; granted_at: Date; revoked_at: Date | null; granted_by: Id | null }>(
    `select version, access, granted_at::text, revoked_at::text, granted_by, revoked_by from share where id = $1
      order by version`,
    [id],
  );

async function expectRefused(send: () => Promise<Payload>, code: string, message?: RegExp): Promise<void> {
  const before = await written();
  const { userErrors, share } = await send();
  expect(userErrors).toMatchObject([{ code, message: expect.stringMatching(message ?? /^[A-Z].*/) }]);
  expect(share ?? null).toBeNull();
  expect(await written()).toEqual(before);
}

describe('grantShare opens a page', () => {
  test('to the installation of a connection, at once', async () => {
    const asker = await reader();
    expect((await world.ask(asker, `{ page(id: "${page}") { title } }`)).data).toEqual({ page: null });
    const { share, userErrors } = await grant(member, { installationId: asker.installationId });
    expect(userErrors).toEqual([]);
    expect(share).toMatchObject({ version: 1, access: SHARE_ACCESS, expiresAt: null, resource: { id: page } });
    expect((await world.ask(asker, `{ page(id: "${page}") { title } }`)).data).toEqual({ page: { title: 'Handbook' } });
  });

  test('to a connection, by its installation in this workspace', async () => {
    const asker = await reader();
    const { share } = await grant(owner, { connectionId: asker.connectionId, access: ['READ'] });
    expect(share).toMatchObject({ access: ['READ'], installation: { id: asker.installationId } });
  });

  test('to a guest', async () => {
    const { share } = await grant(member, { personId: guest.personId, expiresAt: '2099-01-31T12:00:00+02:00' });
    expect(share).toMatchObject({
      grantee: { id: guest.personId },
      installation: null,
      expiresAt: '2099-01-31T10:00:00.000Z',
    });
  });

  test('with ids as they stand in links, without dashes', async () => {
    const { connectionId } = await reader();
    const bare = (id: Id) => id.replaceAll('-', '').toUpperCase();
    const { share } = await grant(member, { connectionId: bare(connectionId), resourceId: bare(page) });
    expect(share.resource.id).toBe(page);
  });

  test('and the audit log says what, to whom and by whom', async () => {
    const asker = await reader();
    const { share } = await grant(member, { installationId: asker.installationId, access: ['READ'] });
    await update(owner, { id: share.id, expiresAt: '2099-01-01T00:00:00Z' });
    await revoke(owner, share.id);
    const entries = await world.sql(
      'select action, actor_id, before, after from audit_entry where target_id = $1 order by position',
      [share.id],
    );
    const granted = { resourceId: page, installationId: asker.installationId, access: ['READ'], expiresAt: null };
    const updated = { ...granted, expiresAt: '2099-01-01T00:00:00.000Z' };
    expect(entries).toEqual([
      { action: 'share.granted', actor_id: member.personId, before: null, after: granted },
      { action: 'share.updated', actor_id: owner.personId, before: granted, after: updated },
      { action: 'share.revoked', actor_id: owner.personId, before: updated, after: null },
    ]);
    expect(await intervalsOf(share.id)).toMatchObject([
      { version: 1, granted_by: member.personId, revoked_by: owner.personId },
      { version: 2, granted_by: owner.personId, revoked_by: owner.personId },
    ]);
  });

  test.each<[string, () => Record<string, unknown> | Promise<Record<string, unknown>>, string, RegExp]>([
    ['with nobody named', () => ({}), 'REQUIRED', /exactly one of installationId, connectionId and personId/],
    ['with only null named', () => ({ personId: null }), 'REQUIRED', /exactly one/],
    [
      'with two named',
      async () => ({ personId: guest.personId, connectionId: (await reader()).connectionId }),
      'INVALID',
      /exactly one of installationId, connectionId and personId, but got: 2/,
    ],
    ['with a member', () => ({ personId: member.personId }), 'INVALID_STATE', /reaches every page already/],
    ['with an owner', () => ({ personId: owner.personId }), 'INVALID_STATE', /reaches every page already/],
    ['with nobody there', () => ({ personId: newId() }), 'NOT_FOUND', /^The person was not found\.$/],
    ['with a malformed id', () => ({ personId: 'me' }), 'NOT_FOUND', /^The person was not found\.$/],
    ['with an unknown connection', () => ({ connectionId: newId() }), 'NOT_FOUND', /^The connection was not found\.$/],
    ['with an unknown installation', () => ({ installationId: newId() }), 'NOT_FOUND', /^The connection was not/],
    ['with a page as installation', () => ({ installationId: page }), 'NOT_FOUND', /^The connection was not found/],
    ['of nothing', () => ({ personId: guest.personId, resourceId: newId() }), 'NOT_FOUND', /^The page, database or/],
    [
      'of a person',
      () => ({ personId: guest.personId, resourceId: guest.personId }),
      'NOT_FOUND',
      /^The page, database/,
    ],
    ['of no access', () => ({ personId: guest.personId, access: [] }), 'INVALID', /must open something: any of READ/],
    ['of null access', () => ({ personId: guest.personId, access: null }), 'INVALID', /must open something/],
    [
      'until yesterday',
      () => ({ personId: guest.personId, expiresAt: new Date(Date.now() - 86_400_000).toISOString() }),
      'INVALID',
      /must expire in the future, but got: 20/,
    ],
    ['until the year 0', () => ({ personId: guest.personId, expiresAt: '0000-01-01T00:00:00Z' }), 'INVALID', /future/],
  ])('but not %s', async (_, input, code, message) => {
    const given = await input();
    await expectRefused(() => grant(owner, given), code, message);
  });

  test('but not with a guest who has left, nor with a connection that was deleted', async () => {
    const left = await personWith('GUEST');
    await world.sql('update membership set ended_at = now() where person_id = $1', [left.personId]);
    await expectRefused(() => grant(owner, { personId: left.personId }), 'NOT_FOUND');
    const { connectionId, installationId } = await reader();
    await mutate(world, owner, 'deleteConnection', { id: connectionId });
    await expectRefused(() => grant(owner, { connectionId }), 'NOT_FOUND');
    await expectRefused(() => grant(owner, { installationId }), 'NOT_FOUND');
  });

  test('but not with a connection that is installed twice, until it is said which installation', async () => {
    const { connectionId, installationId } = await reader();
    await world.sql(
      `insert into installation (workspace_id, id, connection_id, bot_id, installed_by, status)
       values ($1, gen_random_uuid(), $2, gen_random_uuid(), $3, 'ACTIVE')`,
      [world.workspaceId, connectionId, member.personId],
    );
    await expectRefused(() => grant(owner, { connectionId }), 'INVALID_STATE', /installed here 2 times/);
    expect((await grant(owner, { installationId })).userErrors).toEqual([]);
  });

  test('but nothing and nobody of another workspace', async () => {
    // The same database, so that only the workspace keeps them apart.
    const [{ id: other }] = (await world.sql<{ id: Id }>(
      `insert into workspace (id, name) values ($1, 'Other') returning id`,
      [newId()],
    )) as [{ id: Id }];
    const theirs = newId();
    await world.sql(
      `insert into page (workspace_id, id, parent_kind, title, ancestors) values ($1, $2, 'WORKSPACE', 'Theirs', array[$2::uuid])`,
      [other, theirs],
    );
    await expectRefused(() => grant(owner, { personId: guest.personId, resourceId: theirs }), 'NOT_FOUND');
    await world.sql(`insert into membership (workspace_id, person_id, role) values ($1, $2, 'OWNER')`, [
      other,
      owner.personId,
    ]);
    const outsider: Actor = { ...owner, workspaceId: other };
    const { connectionId, installationId } = await reader();
    for (const input of [{ connectionId }, { installationId }, { personId: guest.personId }]) {
      await expectRefused(() => grant(outsider, { ...input, resourceId: theirs }), 'NOT_FOUND');
    }
    const { share } = await grant(owner, { connectionId });
    await expectRefused(
      () => update(outsider, { id: share.id, access: ['READ'] }),
      'NOT_FOUND',
      /^The share was not found\.$/,
    );
    await expectRefused(() => revoke(outsider, share.id), 'NOT_FOUND', /^The share was not found\.$/);
  });
});

describe('grantShare of what is shared already', () => {
  test('changes the share there is: its id stays, its version counts, and one interval ends as the next begins', async () => {
    const { connectionId } = await reader();
    const wide = (await grant(owner, { connectionId })).share;
    const narrow = (await grant(member, { connectionId, access: ['READ'] })).share;
    expect(narrow).toMatchObject({ id: wide.id, version: 2, access: ['READ'] });
    const [first, second] = await intervalsOf(wide.id);
    expect(first).toMatchObject({ version: 1, access: 31, revoked_at: second?.granted_at });
    expect(second).toMatchObject({ version: 2, access: 1, revoked_at: null });
  });

  test('writes nothing when it is open just so', async () => {
    const { connectionId } = await reader();
    const terms = { connectionId, access: ['READ', 'UPDATE'], expiresAt: '2099-01-01T00:00:00.123Z' };
    const { share } = await grant(owner, terms);
    const before = await written();
    expect((await grant(owner, { ...terms, access: ['UPDATE', 'READ'] })).share).toEqual(share);
    expect(await written()).toEqual(before);
  });

  test('begins another share when the one before was revoked or has expired', async () => {
    const { connectionId } = await reader();
    const first = (await grant(owner, { connectionId })).share;
    await revoke(owner, first.id);
    const second = (await grant(owner, { connectionId, expiresAt: '2099-01-01T00:00:00Z' })).share;
    expect(second).toMatchObject({ version: 1 });
    expect(second.id).not.toBe(first.id);
    await world.sql(`update share set expires_at = now() - interval '1 hour' where id = $1`, [second.id]);
    const third = (await grant(owner, { connectionId })).share;
    expect(third.id).not.toBe(second.id);
    const [ended] = await world.sql(
      'select revoked_at = expires_at as "asItExpired", revoked_by from share where id = $1',
      [second.id],
    );
    expect(ended).toEqual({ asItExpired: true, revoked_by: null });
  });

  test('leaves exactly one open interval when twenty do it at once', async () => {
    const { connectionId } = await reader();
    const callers = Array.from({ length: 20 }, (_, n) => SHARE_ACCESS.filter((__, bit) => ((n % 31) + 1) & (1 << bit)));
    const made = await Promise.all(
      callers.map((access) => grantShare(world.store.callerFor(owner), { connectionId, resourceId: page, access })),
    );
    expect(new Set(made.map(({ share }) => share.id)).size).toBe(1);
    const intervals = await intervalsOf(made[0]!.share.id);
    expect(intervals.map(({ version }) => version)).toEqual(callers.map((_, index) => index + 1));
    expect(intervals.filter(({ revoked_at }) => revoked_at === null)).toHaveLength(1);
    intervals.slice(1).forEach(({ granted_at }, index) => {
      expect(granted_at).toBe(intervals[index]?.revoked_at);
    });
  });

  test('and does so while others change and revoke it: whoever is late finds another version, or nothing', async () => {
    const { connectionId } = await reader();
    const caller = world.store.callerFor(owner);
    const { share } = await grantShare(caller, { connectionId, resourceId: page });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, n) => {
        const access = [SHARE_ACCESS[n % 5]!];
        if (n % 3 === 0) return grantShare(caller, { connectionId, resourceId: page, access });
        return n === 16 ? revokeShare(caller, { id: share.id }) : updateShare(caller, { id: share.id, access });
      }),
    );
    const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(new Set(reasons)).toEqual(new Set(reasons.length > 0 ? ['Refusal: The share was not found.'] : []));
    const intervals = await intervalsOf(share.id);
    for (const { granted_at, revoked_at } of intervals)
      expect(revoked_at === null || granted_at <= revoked_at).toBe(true);
  });
});

describe('Pages may be shared by', () => {
  const allowed: [string, () => Actor][] = [
    ['an owner', () => owner],
    ['a member', () => member],
    ["an owner's personal token that administers", () => withToken(owner, true)],
    ["a member's personal token that administers", () => withToken(member, true)],
    ['the operator', () => operatorIn(world)],
  ];
  test.each(allowed)('%s: granted, changed, revoked', async (_, actor) => {
    const { connectionId } = await reader();
    const { share } = await grant(actor(), { connectionId });
    expect((await update(actor(), { id: share.id, access: ['READ'] })).share).toMatchObject({ access: ['READ'] });
    expect((await revoke(actor(), share.id)).share).toMatchObject({ id: share.id, access: ['READ'] });
  });

  const refused: [string, () => Actor][] = [
    ['a guest, not even what is shared with her', () => guest],
    ["an owner's personal token that does not administer", () => withToken(owner, false)],
    ["a member's personal token that does not administer", () => withToken(member, false)],
    ["a guest's personal token, whatever it says", () => withToken(guest, true)],
  ];
  test.each(refused)('but not by %s', async (_, actor) => {
    const { connectionId } = await reader();
    const { share } = await grant(owner, { connectionId, access: ['READ'] });
    await expectRefused(() => grant(actor(), { connectionId }), 'FORBIDDEN');
    await expectRefused(() => update(actor(), { id: share.id, access: ['READ', 'UPDATE'] }), 'FORBIDDEN');
    await expectRefused(() => revoke(actor(), share.id), 'FORBIDDEN');
  });

  test('owners alone, where the workspace keeps shares to them: what a member could, she can no more', async () => {
    await using closed = await openWorld();
    const at = async (role: 'OWNER' | 'MEMBER') => closed.signedIn(await closed.person({ role }));
    const [ruler, worker] = [await at('OWNER'), await at('MEMBER')];
    const [administering, plain] = await Promise.all(
      [true, false].map((administer) => personalToken(closed, ruler.personId, { administer })),
    );
    const room = await closed.page({ title: 'Room' });
    const { connectionId } = await closed.connection(['CONTENT_READ']);
    const errors = 'userErrors { code message }';
    const keep = async (ownersOnlyShares: boolean) => {
      const [{ version }] = (await closed.sql('select policy_version as version from workspace')) as [
        { version: number },
      ];
      const input = { ownersOnlyShares, expectedVersion: version };
      const document = `mutation ($input: UpdateWorkspacePolicyInput!) { updateWorkspacePolicy(input: $input) { ${errors} } }`;
      expect((await closed.ask(ruler, document, { input })).data).toEqual({
        updateWorkspacePolicy: { userErrors: [] },
      });
    };
    type Sent = Record<string, { share: { id: Id } | null; userErrors: { code: string; message: string }[] }>;
    const send = async (who: typeof ruler | string, document: string) => {
      const answer =
        typeof who === 'string' ? await askWith(closed, who, document) : await closed.ask<Sent, object>(who, document);
      return Object.values(answer.data as Sent)[0]!;
    };
    const grant = `mutation { grantShare(input: { connectionId: "${connectionId}", resourceId: "${room}" }) { share { id } ${errors} } }`;
    const made = await send(worker, grant);
    expect(made.userErrors).toEqual([]);
    const update = `mutation { updateShare(input: { id: "${made.share?.id}", access: [READ] }) { share { id } ${errors} } }`;
    const revoke = `mutation { revokeShare(input: { id: "${made.share?.id}" }) { share { id } ${errors} } }`;

    await keep(true);
    const no = [{ code: 'FORBIDDEN', message: expect.stringMatching(/^Only a workspace owner may share here/) }];
    for (const document of [grant, update, revoke]) {
      for (const who of [worker, plain!]) expect((await send(who, document)).userErrors).toEqual(no);
    }
    expect((await send(administering!, update)).userErrors).toEqual([]);
    expect((await send(ruler, revoke)).userErrors).toEqual([]);

    await keep(false);
    expect((await send(worker, grant)).userErrors).toEqual([]);
    expect((await send(plain!, grant)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  });
});

describe('A role counts as it is when the share is written', () => {
  test('not as it was when the request came', async () => {
    const late = await personWith('MEMBER');
    const { connectionId } = await reader();
    await world.sql(`update membership set role = 'GUEST' where person_id = $1`, [late.personId]);
    await expectRefused(() => grant(late, { connectionId }), 'FORBIDDEN', /Your role in this workspace was changed/);
  });

  test('and a guest who becomes a member holds no shares any more, nor as a guest again', async () => {
    const { personId } = await personWith('GUEST');
    const { share } = await grant(member, { personId });
    const become = (role: string) => mutate(world, owner, 'updateMember', { personId, role });
    expect((await become('MEMBER')).userErrors).toEqual([]);
    expect((await become('GUEST')).userErrors).toEqual([]);
    await expectRefused(() => revoke(owner, share.id), 'NOT_FOUND');
    expect(await intervalsOf(share.id)).toMatchObject([{ version: 1, revoked_by: owner.personId }]);
    const actions = await world.sql('select action from audit_entry where target_id = $1 order by position', [
      share.id,
    ]);
    expect(actions).toEqual([{ action: 'share.granted' }, { action: 'share.revoked' }]);
  });
});

describe('A connection, whatever it was granted, never widens', () => {
  const send = async (asker: Asker, mutation: string, input: Record<string, unknown>): Promise<Payload> => {
    const name = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const document = `mutation ($input: ${name}!) { payload: ${mutation}(input: $input) { share { id } userErrors { code message } } }`;
    const { data } = await world.ask(asker, document, { input });
    return (data as { payload: Payload }).payload;
  };

  test('itself or another, and narrows nobody', async () => {
    const [strong, other] = [await world.connection(CAPABILITIES), await world.connection(['CONTENT_READ'])];
    const hidden = await world.page({ title: 'Board' });
    const own = (await grant(owner, { connectionId: strong.connectionId, access: ['READ'] })).share;
    const foreign = (await grant(owner, { connectionId: other.connectionId })).share;
    const grantees = [
      { connectionId: strong.connectionId },
      { installationId: strong.installationId },
      { connectionId: other.connectionId },
      { personId: guest.personId },
    ];
    for (const grantee of grantees) {
      for (const resourceId of [page, hidden]) {
        await expectRefused(() => send(strong, 'grantShare', { ...grantee, resourceId }), 'FORBIDDEN');
      }
    }
    for (const { id } of [own, foreign]) {
      await expectRefused(
        () => send(strong, 'updateShare', { id, access: SHARE_ACCESS, expiresAt: null }),
        'FORBIDDEN',
      );
      await expectRefused(() => send(strong, 'revokeShare', { id }), 'FORBIDDEN');
    }
  });

  test('not even where a command is given it past every door', async () => {
    const { connectionId, installationId } = await reader();
    const itself: Actor = {
      ...{ kind: 'CONNECTION', workspaceId: world.workspaceId, connectionId, installationId },
      ...{ botId: newId(), bits: 127 },
      installedById: null,
    };
    const caller = world.store.callerFor(itself);
    await expect(grantShare(caller, { connectionId, resourceId: page })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const { share } = await grant(owner, { connectionId, access: ['READ'] });
    await expect(updateShare(caller, { id: share.id, access: ['UPDATE'] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(revokeShare(caller, { id: share.id })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('updateShare', () => {
  let id: Id;
  beforeAll(async () => {
    const { connectionId } = await reader();
    id = (await grant(owner, { connectionId })).share.id;
  });

  test('narrows and widens, leaves the expiry alone, and counts the version', async () => {
    const { share } = await update(member, { id, expectedVersion: 1, access: ['COMMENT_READ', 'READ'] });
    expect(share).toMatchObject({ id, version: 2, access: ['READ', 'COMMENT_READ'], expiresAt: null });
  });

  test('sets an expiry, keeps it when it is left out, and takes it away when it is null', async () => {
    const expiresAt = '2099-01-01T00:00:00.000Z';
    expect((await update(owner, { id, expiresAt })).share).toMatchObject({
      access: ['READ', 'COMMENT_READ'],
      expiresAt,
    });
    expect((await update(owner, { id, access: ['READ'] })).share).toMatchObject({ access: ['READ'], expiresAt });
    expect((await update(owner, { id, expiresAt: null })).share).toMatchObject({ access: ['READ'], expiresAt: null });
  });

  test('writes nothing where nothing would change', async () => {
    const before = await written();
    expect((await update(owner, { id, access: ['READ'], expiresAt: null })).share.version).toBe(5);
    expect(await written()).toEqual(before);
  });

  test.each<[string, () => Record<string, unknown>, string]>([
    ['nothing to change', () => ({}), 'REQUIRED'],
    ['a version that is over', () => ({ access: ['UPDATE'], expectedVersion: 2 }), 'STALE_VERSION'],
    ['a version to come', () => ({ access: ['UPDATE'], expectedVersion: 6 }), 'STALE_VERSION'],
    ['no access', () => ({ access: [] }), 'INVALID'],
    ['null in place of access', () => ({ access: null }), 'INVALID'],
    ['an expiry that has passed', () => ({ expiresAt: new Date(Date.now() - 1_000).toISOString() }), 'INVALID'],
    ['an id nobody has', () => ({ id: newId(), access: ['READ'] }), 'NOT_FOUND'],
    ['an id that is none', () => ({ id: '', access: ['READ'] }), 'NOT_FOUND'],
    ['the id of a page', () => ({ id: page, access: ['READ'] }), 'NOT_FOUND'],
  ])('refuses %s', async (_, input, code) => {
    await expectRefused(() => update(owner, { id, ...input() }), code);
  });

  test('says which version there is', async () => {
    const { userErrors } = await update(owner, { id, access: ['UPDATE'], expectedVersion: 4 });
    expect(userErrors).toMatchObject([{ __typename: 'StaleVersionError', currentVersion: 5 }]);
  });

  test('refuses a share that was revoked, has expired, or is held by nobody any more, as if it had never been', async () => {
    const gone = /^The share was not found\.$/;
    const [first, second, third] = [await reader(), await reader(), await personWith('GUEST')];
    const revoked = (await grant(owner, { connectionId: first.connectionId })).share.id;
    await revoke(owner, revoked);
    const expired = (await grant(owner, { connectionId: second.connectionId, expiresAt: '2099-01-01T00:00:00Z' })).share
      .id;
    await world.sql(`update share set expires_at = now() - interval '1 second' where id = $1`, [expired]);
    const promoted = (await grant(owner, { personId: third.personId })).share.id;
    await world.sql(`update membership set role = 'MEMBER' where person_id = $1`, [third.personId]);
    for (const id of [revoked, expired, promoted]) {
      await expectRefused(() => update(owner, { id, access: ['READ'] }), 'NOT_FOUND', gone);
      await expectRefused(() => revoke(owner, id), 'NOT_FOUND', gone);
    }
  });
});

describe('An expiry is judged by the clock of the database', () => {
  test('not by that of the process, in either direction', async () => {
    const { connectionId } = await reader();
    const caller = world.store.callerFor(owner);
    const year = new Date().getUTCFullYear();
    const at = (years: number) => new Date(Date.UTC(year + years, 0, 1));
    try {
      vi.useFakeTimers({ toFake: ['Date'], now: at(10) });
      const { share } = await grantShare(caller, { connectionId, resourceId: page, expiresAt: at(5) });
      expect(share.expiresAt).not.toBeNull();
      vi.setSystemTime(at(-10));
      const refused = grantShare(caller, { connectionId, resourceId: page, expiresAt: at(-5) });
      await expect(refused).rejects.toMatchObject({ code: 'INVALID' });
    } finally {
      vi.useRealTimers();
    }
  });
});
