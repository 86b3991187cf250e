// The policy of a workspace: who knows it, how it changes, and what it does to tokens that could be revealed.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnection } from '../../src/connection/lifecycle.js';
import { revealToken, rotateToken } from '../../src/connection/token.js';
import { type Id, newId } from '../../src/lib/id.js';
import { commit } from '../../src/unit-of-work.js';
import { policyOf } from '../../src/workspace/policy.js';
import { updateWorkspacePolicy } from '../../src/workspace/policy-lifecycle.js';
import { anotherWorkspace, askWith, operator, outcomeOf, session } from '../actors.js';
import { openWorld, type SignedIn, type World } from '../world.js';

const READ = `{ viewer { workspace { policy { whoMayInstall ownersOnlyShares webhookActions personalAccessTokens showOnceTokens version
  approvedConnections { totalCount nodes { connectionId name approvedAt approvedBy { name } } } } } } }`;
const UPDATE = `mutation ($input: UpdateWorkspacePolicyInput!) { updateWorkspacePolicy(input: $input) {
  policy { whoMayInstall ownersOnlyShares webhookActions personalAccessTokens showOnceTokens version }
  userErrors { __typename code message path } } }`;

let world: World;
let owner: SignedIn;
let member: SignedIn;
let guest: SignedIn;
beforeAll(async () => {
  world = await openWorld();
  owner = await session(world, (await world.person({ name: 'Ona', role: 'OWNER' })).id);
  member = await session(world, (await world.person({ name: 'Mia' })).id);
  guest = await session(world, (await world.person({ role: 'GUEST' })).id);
});
afterAll(() => world[Symbol.asyncDispose]());

const version = async (): Promise<number> => {
  const [row] = await world.sql<{ version: number }>('select policy_version as version from workspace where id = $1', [
    world.workspaceId,
  ]);
  return row!.version;
};
const change = async (input: object): Promise<Record<string, unknown>> => {
  const answer = await askWith(world, owner, UPDATE, { input: { expectedVersion: await version(), ...input } });
  return (answer.data as { updateWorkspacePolicy: Record<string, unknown> }).updateWorkspacePolicy;
};

describe('the policy', () => {
  test('is known to members and owners, and open but for personal tokens to begin with', async () => {
    for (const actor of [owner, member]) {
      expect((await askWith(world, actor, READ)).data).toEqual({
        viewer: {
          workspace: {
            policy: {
              whoMayInstall: 'ANYONE',
              ownersOnlyShares: false,
              webhookActions: true,
              personalAccessTokens: 'OWNERS',
              showOnceTokens: false,
              version: 1,
              approvedConnections: { totalCount: 0, nodes: [] },
            },
          },
        },
      });
    }
  });

  test('says for how long changes are gathered into one event, a minute at most', async () => {
    const read = async () =>
      (await askWith(world, owner, '{ viewer { workspace { policy { eventWindowMs } } } }')).data;
    for (const eventWindowMs of [-1, 60_001]) {
      expect(await change({ eventWindowMs })).toMatchObject({
        userErrors: [{ code: 'INVALID', path: ['eventWindowMs'] }],
      });
    }
    expect(await read()).toEqual({ viewer: { workspace: { policy: { eventWindowMs: 1_000 } } } });
  });

  test('is not known to guests and connections', async () => {
    const { token } = await world.connection(['CONTENT_READ', 'USER_READ_EMAIL']);
    for (const { data, errors } of [await askWith(world, guest, READ), await askWith(world, token, READ)]) {
      expect(data).toEqual({ viewer: { workspace: { policy: null } } });
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });

  test('changes in what is given and stays in the rest, with before and after in the log', async () => {
    expect(await change({ ownersOnlyShares: true, whoMayInstall: 'APPROVED_ONLY' })).toEqual({
      policy: {
        whoMayInstall: 'APPROVED_ONLY',
        ownersOnlyShares: true,
        webhookActions: true,
        personalAccessTokens: 'OWNERS',
        showOnceTokens: false,
        version: 2,
      },
      userErrors: [],
    });
    const entries = await world.sql<{ target_id: Id; actor_id: Id; before: object; after: object }>(
      `select target_id, actor_id, before, after from audit_entry where action = 'workspace_policy.updated'`,
    );
    expect(entries).toEqual([
      {
        target_id: world.workspaceId,
        actor_id: owner.personId,
        before: { whoMayInstall: 'ANYONE', ownersOnlyShares: false },
        after: { whoMayInstall: 'APPROVED_ONLY', ownersOnlyShares: true },
      },
    ]);
  });

  test.each([
    ['null', { webhookActions: null }, 'INVALID'],
    ['an outdated version', { webhookActions: false, expectedVersion: 1 }, 'STALE_VERSION'],
  ])('does not take %s', async (_, input, code) => {
    const before = await version();
    expect(await change(input)).toMatchObject({ policy: null, userErrors: [{ code }] });
    expect(await version()).toBe(before);
  });

  test('that is said to be what it is stays at its version, and nothing is recorded', async () => {
    const entries = () => world.sql('select 1 from audit_entry');
    const [before, recorded] = [await version(), (await entries()).length];
    for (const input of [{}, { webhookActions: true }]) {
      expect(await change(input)).toMatchObject({ policy: { webhookActions: true, version: before }, userErrors: [] });
    }
    expect(await version()).toBe(before);
    expect((await entries()).length).toBe(recorded);
  });

  test('stays as it is while something is decided by it', async () => {
    const order: string[] = [];
    let decided: () => void = () => {};
    const decision = new Promise<void>((resolve) => {
      decided = resolve;
    });
    const asked = commit(operator(world), async (unit) => {
      await policyOf(unit.em, world.workspaceId);
      order.push('asked');
      decided();
      await new Promise((resolve) => setTimeout(resolve, 200));
      unit.audit({ action: 'share.granted', targetId: newId() });
      order.push('done');
    });
    await decision;
    const changed = updateWorkspacePolicy(operator(world), {
      webhookActions: false,
      expectedVersion: await version(),
    }).then(() => order.push('changed'));
    await Promise.all([asked, changed]);
    expect(order).toEqual(['asked', 'done', 'changed']);
  });

  test('of a workspace that does not exist is not found', async () => {
    await expect(policyOf(world.store.em(), newId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('tokens that are shown once', () => {
  const ciphertexts = async (workspaceId = world.workspaceId): Promise<number> => {
    const [row] = await world.sql<{ count: number }>(
      'select count(ciphertext)::int as count from token where workspace_id = $1',
      [workspaceId],
    );
    return row!.count;
  };

  test('lose what they could be revealed from when policy says so, and no new one has it; they go on working', async () => {
    const elsewhere = await anotherWorkspace(world);
    await createConnection(operator(world, elsewhere), { name: 'There', capabilities: [] });
    const before = await world.connection([]);
    expect(await ciphertexts()).toBeGreaterThan(0);

    expect(await change({ showOnceTokens: true })).toMatchObject({ policy: { showOnceTokens: true } });
    expect(await ciphertexts()).toBe(0);
    expect(await ciphertexts(elsewhere)).toBe(1);

    const after = await world.connection([]);
    const rotated = await rotateToken(operator(world), { connectionId: before.connectionId });
    expect(await ciphertexts()).toBe(0);
    await expect(revealToken(operator(world), { connectionId: after.connectionId })).rejects.toMatchObject({
      code: 'INVALID_STATE',
    });
    for (const token of [after.token, rotated.token]) {
      expect((await askWith(world, token, '{ viewer { id } }')).status).toBe(200);
    }

    expect(await change({ showOnceTokens: false })).toMatchObject({ policy: { showOnceTokens: false } });
    expect(await ciphertexts()).toBe(0);
    await world.connection([]);
    expect(await ciphertexts()).toBe(1);
  });

  test('are never left with it when one is made at the very moment policy changes', async () => {
    for (let round = 0; round < 20; round++) {
      await Promise.all([
        change({ showOnceTokens: true }),
        ...[1, 2, 3].map(() => createConnection(operator(world), { name: 'Racer', capabilities: [] })),
      ]);
      expect(await ciphertexts()).toBe(0);
      await change({ showOnceTokens: false });
    }
  });
});

describe('the list of approved connections', () => {
  const APPROVE =
    'mutation ($c: ID!) { approveConnection(input: { connectionId: $c }) { connectionId userErrors { code } } }';
  const DISAPPROVE =
    'mutation ($c: ID!) { disapproveConnection(input: { connectionId: $c }) { connectionId userErrors { code } } }';
  const partner = async (installed: boolean): Promise<Id> => {
    const [id, elsewhere] = [newId(), await anotherWorkspace(world)];
    await world.sql(
      `insert into connection (workspace_id, id, name, kind, status, capabilities, published_at) values ($1, $2, 'Partner', 'PUBLIC', 'ACTIVE', 1, now())`,
      [elsewhere, id],
    );
    if (installed) {
      await world.sql(
        `insert into installation (workspace_id, id, connection_id, bot_id, status) values ($1, $2, $3, $4, 'ACTIVE')`,
        [world.workspaceId, newId(), id, newId()],
      );
    }
    return id;
  };

  test('takes public connections that are installed here, and says who approved them', async () => {
    const c = await partner(true);
    expect(outcomeOf(await askWith(world, owner, APPROVE, { c }))).toBe('OK');
    expect(outcomeOf(await askWith(world, owner, APPROVE, { c }))).toBe('ALREADY_EXISTS');
    expect((await askWith(world, member, READ)).data).toMatchObject({
      viewer: {
        workspace: {
          policy: {
            approvedConnections: {
              totalCount: 1,
              nodes: [
                { connectionId: c, name: 'Partner', approvedAt: expect.any(String), approvedBy: { name: 'Ona' } },
              ],
            },
          },
        },
      },
    });
    expect(outcomeOf(await askWith(world, owner, DISAPPROVE, { c }))).toBe('OK');
    expect(outcomeOf(await askWith(world, owner, DISAPPROVE, { c }))).toBe('NOT_FOUND');
  });

  test('takes neither one that nobody has installed, nor an internal one, nor an id that is none', async () => {
    const internal = (await world.connection([])).connectionId;
    for (const c of [await partner(false), internal, newId(), 'nothing']) {
      expect(outcomeOf(await askWith(world, owner, APPROVE, { c }))).toBe('NOT_FOUND');
    }
  });
});
