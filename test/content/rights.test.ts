// Who may write what: each case that is allowed beside its refused twin, after which not one row is other than before.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createComment } from '../../src/comment/lifecycle.js';
import { appendBlocks } from '../../src/content/block-lifecycle.js';
import { updateDataSource } from '../../src/content/data-source-lifecycle.js';
import { createDatabase } from '../../src/content/database-lifecycle.js';
import { createPage, lockPage } from '../../src/content/page-lifecycle.js';
import type { Place } from '../../src/content/place.js';
import { trashDatabase, trashDataSource, trashPage } from '../../src/content/trash.js';
import { type Actor, type ConnectionActor, userIdOf } from '../../src/gate/actor.js';
import { bitsOf, CAPABILITIES, type Capability, SHARE_ACCESS, type ShareAccess } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { grantShare } from '../../src/share/lifecycle.js';
import { anotherWorkspace, operator } from '../actors.js';
import { askAs, operatorIn, type Payload, signedIn } from '../asking.js';
import { openWorld, type World } from '../world.js';
import { actorOf, expectAllowed, expectRefused, sending } from './writing.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const page = async (parent: Id | null = null, title = 'Plan'): Promise<Id> => {
  const place: Place = parent === null ? { kind: 'Workspace' } : { kind: 'Page', id: parent };
  return (await createPage(operator(world), { parent: place, title })).id;
};
const database = (): Promise<{ id: Id; dataSourceId: Id }> =>
  createDatabase(operator(world), { parent: { kind: 'Workspace' }, title: 'Tasks' });
const row = async (dataSourceId: Id): Promise<Id> =>
  (await createPage(operator(world), { parent: { kind: 'DataSource', id: dataSourceId }, title: 'Task' })).id;

type Shares = readonly (readonly [Id, readonly ShareAccess[]])[];

/** A connection with these capabilities to which this is shared, and nothing else. */
async function connection(shares: Shares, capabilities: readonly Capability[] = CAPABILITIES): Promise<Actor> {
  const asker = await world.connection(capabilities);
  for (const [id, access] of shares) await world.share(asker, id, { access });
  return actorOf(world, asker);
}

interface Case {
  input: Record<string, unknown>;
  /** Exactly what makes it possible. */
  needs: [Id, ShareAccess][];
  /** A comment that whoever sends it has written. */
  ownId?: Id;
}

/** Every mutation on content, on things made for it. */
const CASES: Record<string, () => Promise<Case>> = {
  createPage: async () => {
    const parent = await page();
    return { input: { parent: { pageId: parent } }, needs: [[parent, 'INSERT']] };
  },
  'createPage below a data source': async () => {
    const { dataSourceId } = await database();
    return { input: { parent: { dataSourceId } }, needs: [[dataSourceId, 'INSERT']] };
  },
  updatePage: async () => {
    const id = await page();
    return { input: { id, title: 'New', icon: { emoji: '🌿' } }, needs: [[id, 'UPDATE']] };
  },
  'updatePage of a row': async () => {
    const id = await row((await database()).dataSourceId);
    return { input: { id, title: 'New' }, needs: [[id, 'UPDATE']] };
  },
  movePage: async () => {
    const [id, parent] = [await page(), await page()];
    return {
      input: { id, parent: { pageId: parent } },
      needs: [
        [id, 'UPDATE'],
        [parent, 'INSERT'],
      ],
    };
  },
  lockPage: async () => onIt(await page()),
  unlockPage: async () => {
    const id = await page();
    await lockPage(operator(world), { id });
    return onIt(id);
  },
  trashPage: async () => onIt(await page()),
  restorePage: async () => onIt(await thrown(await page())),
  deletePage: async () => onIt(await thrown(await page())),
  createDatabase: async () => {
    const parent = await page();
    return { input: { parent: { pageId: parent } }, needs: [[parent, 'INSERT']] };
  },
  updateDatabase: async () => {
    const { id } = await database();
    return { input: { id, title: 'New' }, needs: [[id, 'UPDATE']] };
  },
  moveDatabase: async () => {
    const [{ id }, parent] = [await database(), await page()];
    return {
      input: { id, parent: { pageId: parent } },
      needs: [
        [id, 'UPDATE'],
        [parent, 'INSERT'],
      ],
    };
  },
  lockDatabase: async () => onIt((await database()).id),
  unlockDatabase: async () => onIt((await database()).id),
  trashDatabase: async () => onIt((await database()).id),
  restoreDatabase: async () => onIt((await trashDatabase(operator(world), await database())).id),
  deleteDatabase: async () => onIt((await trashDatabase(operator(world), await database())).id),
  createDataSource: async () => {
    const { id } = await database();
    return { input: { databaseId: id }, needs: [[id, 'INSERT']] };
  },
  moveDataSource: async () => {
    const [{ dataSourceId }, { id }] = [await database(), await database()];
    return {
      input: { id: dataSourceId, databaseId: id },
      needs: [
        [dataSourceId, 'UPDATE'],
        [id, 'INSERT'],
      ],
    };
  },
  updateDataSource: async () => {
    const { dataSourceId: id } = await database();
    return {
      input: { id, title: 'New', changes: [{ add: { name: 'Size', type: 'NUMBER' } }] },
      needs: [[id, 'UPDATE']],
    };
  },
  createRows: async () => {
    const { dataSourceId } = await database();
    return { input: { dataSourceId, rows: [{ title: 'New' }, {}] }, needs: [[dataSourceId, 'INSERT']] };
  },
  updateRows: async () => {
    const { dataSourceId } = await database();
    const [one, other] = [await row(dataSourceId), await row((await database()).dataSourceId)];
    return {
      input: {
        rows: [
          { id: one, title: 'New' },
          { id: other, title: 'New' },
        ],
      },
      needs: [
        [one, 'UPDATE'],
        [other, 'UPDATE'],
      ],
    };
  },
  'updatePage that pairs rows': async () => {
    const { dataSourceId } = await database();
    const [id, other] = [await row(dataSourceId), await row(dataSourceId)];
    const relation = { dataSourceId, syncedName: 'Back' };
    const changes = [{ add: { name: 'Forth', type: 'RELATION' as const, relation } }];
    await updateDataSource(operator(world), { id: dataSourceId, changes });
    const [column] = await world.sql<{ id: string }>(
      `select p ->> 'id' as id from data_source, jsonb_array_elements(properties) p
        where data_source.id = $1 and p ->> 'name' = 'Forth'`,
      [dataSourceId],
    );
    return {
      input: { id, properties: [{ id: column!.id, relation: [other] }] },
      needs: [
        [id, 'UPDATE'],
        [other, 'UPDATE'],
      ],
    };
  },
  appendBlocks: async () => {
    const id = await page();
    return { input: { pageId: id, blocks: [{ paragraph: { text: 'New' } }] }, needs: [[id, 'INSERT']] };
  },
  updateBlock: async () => {
    const { id, blockId } = await blockOn(await page());
    return { input: { id: blockId, block: { paragraph: { text: 'New' } } }, needs: [[id, 'UPDATE']] };
  },
  moveBlock: async () => {
    const { id, blockId } = await blockOn(await page());
    return { input: { id: blockId, position: { start: true } }, needs: [[id, 'UPDATE']] };
  },
  'moveBlock to another page': async () => {
    const [{ id, blockId }, other] = [await blockOn(await page()), await page()];
    return {
      input: { id: blockId, pageId: other, position: { end: true } },
      needs: [
        [id, 'UPDATE'],
        [other, 'INSERT'],
      ],
    };
  },
  deleteBlock: async () => {
    const { id, blockId } = await blockOn(await page());
    return { input: { id: blockId }, needs: [[id, 'UPDATE']] };
  },
  replaceMarkdown: async () => {
    const id = await page();
    return { input: { pageId: id, markdown: 'New' }, needs: [[id, 'UPDATE']] };
  },
  createComment: async () => {
    const id = await page();
    return { input: { parent: { pageId: id }, text: 'New' }, needs: [[id, 'COMMENT_INSERT']] };
  },
  'createComment on a block': async () => {
    const { id, blockId } = await blockOn(await page());
    return { input: { parent: { blockId }, text: 'New' }, needs: [[id, 'COMMENT_INSERT']] };
  },
  'createComment that answers': async () => {
    const { pageId, discussionId } = await commentOn(await page());
    return { input: { parent: { discussionId }, text: 'New' }, needs: [[pageId, 'COMMENT_INSERT']] };
  },
  updateComment: async () => {
    const { pageId, id } = await commentOn(await page());
    return { input: { id, text: 'New' }, needs: [[pageId, 'COMMENT_INSERT']], ownId: id };
  },
  deleteComment: async () => {
    const { pageId, id } = await commentOn(await page());
    return { input: { id }, needs: [[pageId, 'COMMENT_INSERT']], ownId: id };
  },
  resolveDiscussion: async () => {
    const { pageId, discussionId } = await commentOn(await page());
    return { input: { id: discussionId }, needs: [[pageId, 'COMMENT_INSERT']] };
  },
  trashDataSource: async () => onIt((await database()).dataSourceId),
  restoreDataSource: async () => onIt(await thrownDataSource()),
  deleteDataSource: async () => onIt(await thrownDataSource()),
};

const blockOn = async (pageId: Id): Promise<{ id: Id; blockId: Id }> => {
  const blocks = [{ paragraph: { text: 'Old' } }];
  const { id, blockIds } = await appendBlocks(operator(world), { pageId, blocks });
  return { id, blockId: blockIds[0]! };
};
const commentOn = async (pageId: Id): Promise<{ pageId: Id; id: Id; discussionId: Id }> => ({
  pageId,
  ...(await createComment(operator(world), { parent: { kind: 'Page', id: pageId }, text: 'Old' })),
});
const onIt = (id: Id): Case => ({ input: { id }, needs: [[id, 'UPDATE']] });
const thrown = async (id: Id): Promise<Id> => (await trashPage(operator(world), { id })).id;
const thrownDataSource = async (): Promise<Id> =>
  (await trashDataSource(operator(world), { id: (await database()).dataSourceId })).id;

const CAPABILITY_OF: Partial<Record<ShareAccess, Capability>> = {
  UPDATE: 'CONTENT_UPDATE',
  INSERT: 'CONTENT_INSERT',
  COMMENT_INSERT: 'COMMENT_INSERT',
};
const allBut = (access: ShareAccess): ShareAccess[] => SHARE_ACCESS.filter((name) => name !== access);

describe('Every mutation on content asks the bits of the very objects it is about', () => {
  test('and there is a case for each', async () => {
    const { data } = await askAs(
      world,
      operatorIn(world),
      '{ __type(name: "Mutation") { fields { name description } } }',
    );
    const { fields } = (data as { __type: { fields: { name: string; description: string }[] } }).__type;
    // An upload is about no object yet: what it is put on asks (test/server/files.test.ts).
    const content = fields
      .filter(({ name, description }) => /Needs (CONTENT|COMMENT)_/.test(description) && !name.endsWith('FileUpload'))
      .map(({ name }) => name);
    expect(new Set(Object.keys(CASES).map((title) => title.split(' ')[0]))).toEqual(new Set(content));
  });

  test.each(Object.entries(CASES))('%s', async (title, prepare) => {
    const [mutation = ''] = title.split(' ');
    const { input, needs, ownId } = await prepare();
    const having = async (...[shares, capabilities]: Parameters<typeof connection>): Promise<Actor> => {
      const actor = await connection(shares, capabilities);
      if (ownId) await world.sql('update comment set created_by = $2 where id = $1', [ownId, userIdOf(actor)]);
      return actor;
    };
    for (const [at, [id, access]] of needs.entries()) {
      const capability = CAPABILITY_OF[access]!;
      const others = needs.filter((_, other) => other !== at).map(([other, bit]) => [other, [bit]] as const);
      const lacking = await having([[id, allBut(access)], ...others]);
      const { userErrors } = await expectRefused(world, () => sending(world, lacking)(mutation, input), {
        code: 'CAPABILITY_MISSING',
        __typename: 'CapabilityError',
      });
      expect(userErrors[0]!.message).toContain(capability);
      // The right bit somewhere else, and none here: as if it were not there.
      const elsewhere = await having([[await page(), SHARE_ACCESS], ...others]);
      await expectRefused(world, () => sending(world, elsewhere)(mutation, input), { code: 'NOT_FOUND' });
      // The share opens it, but the connection has not the capability.
      const incapable = await having(
        needs.map(([needed]) => [needed, SHARE_ACCESS]),
        CAPABILITIES.filter((name) => name !== capability),
      );
      await expectRefused(world, () => sending(world, incapable)(mutation, input), { code: 'CAPABILITY_MISSING' });
    }
    const able = await having(needs.map(([id, access]) => [id, [access]]));
    const payload = await expectAllowed(() => sending(world, able)(mutation, input));
    const [shown] = Object.entries(payload).filter(([name]) => name !== 'userErrors');
    expect(shown?.[1]).toBeTruthy(); // whoever may not read sees the id all the same
  });
});

describe('What is refused says what is missing, of that very object', () => {
  test('and nothing of what stands elsewhere', async () => {
    const [read, written] = [await page(), await page()];
    const actor = await connection([
      [read, ['READ', 'COMMENT_READ']],
      [written, ['UPDATE']],
    ]);
    const { data } = await askAs(
      world,
      actor,
      `mutation { updatePage(input: { id: "${read}", title: "New" }) { page { id }
         userErrors { code path ... on CapabilityError { needs has } } } }`,
    );
    expect(data).toEqual({
      updatePage: {
        page: null,
        userErrors: [
          {
            code: 'CAPABILITY_MISSING',
            path: null,
            needs: [['CONTENT_UPDATE']],
            has: ['CONTENT_READ', 'COMMENT_READ', 'USER_READ', 'USER_READ_EMAIL'],
          },
        ],
      },
    });
    await expectAllowed(() => sending(world, actor)('updatePage', { id: written, title: 'New' }));
  });

  test('a parent by the input that names it', async () => {
    const [id, parent] = [await page(), await page()];
    const actor = await connection([
      [id, ['UPDATE']],
      [parent, ['UPDATE']],
    ]);
    const { userErrors } = await sending(world, actor)('movePage', { id, parent: { pageId: parent } });
    expect(userErrors).toMatchObject([{ code: 'CAPABILITY_MISSING', path: ['parent', 'pageId'] }]);
  });
});

describe('The union of what stands above counts', () => {
  test('a share further up gives what the nearer one leaves out', async () => {
    const above = await page();
    const below = await page(above);
    const actor = await connection([
      [above, ['UPDATE']],
      [below, ['READ']],
    ]);
    const { page: shown } = await expectAllowed(() =>
      sending(world, actor)('updatePage', { id: below, title: 'New' }, 'page { id title }'),
    );
    expect(shown).toEqual({ id: below, title: 'New' });
    const { page: hidden } = await expectAllowed(() =>
      sending(world, actor)(
        'updatePage',
        { id: above, title: 'New' },
        'page { id title version isLocked icon { emoji } }',
      ),
    );
    expect(hidden).toEqual({ id: above, title: null, version: null, isLocked: null, icon: null });
  });

  test('and one further down gives nothing to what is above', async () => {
    const above = await page();
    const actor = await connection([
      [above, ['READ']],
      [await page(above), ['UPDATE', 'INSERT']],
    ]);
    const send = sending(world, actor);
    await expectRefused(world, () => send('updatePage', { id: above, title: 'New' }), { code: 'CAPABILITY_MISSING' });
    await expectRefused(world, () => send('createPage', { parent: { pageId: above } }), { code: 'CAPABILITY_MISSING' });
  });
});

describe('A share that is over gives nothing', () => {
  test('whether it was revoked', async () => {
    const id = await page();
    const asker = await world.connection(CAPABILITIES);
    const share = await world.share(asker, id);
    const send = sending(world, await actorOf(world, asker));
    await expectAllowed(() => send('updatePage', { id, title: 'While it was open' }));
    await world.unshare(share);
    await expectRefused(world, () => send('updatePage', { id, title: 'New' }), { code: 'NOT_FOUND' });
  });

  test('or has expired', async () => {
    const id = await page();
    const asker = await world.connection(CAPABILITIES);
    const share = await world.share(asker, id);
    await world.sql(`update share set expires_at = now() - interval '1 second' where id = $1`, [share]);
    const send = sending(world, await actorOf(world, asker));
    await expectRefused(world, () => send('updatePage', { id, title: 'New' }), { code: 'NOT_FOUND' });
  });
});

describe('Missing, unreachable, of another kind, in another workspace and no id at all', () => {
  test('look the same to the last letter', async () => {
    const { id: databaseId, dataSourceId } = await database();
    const elsewhere = await anotherWorkspace(world);
    const foreign = await createPage(operator(world, elsewhere), { parent: { kind: 'Workspace' } });
    const actor = await connection([[databaseId, SHARE_ACCESS]]);
    const answers: Payload[] = [];
    for (const id of [newId(), await page(), databaseId, dataSourceId, foreign.id, 'nonsense']) {
      for (const mutation of ['updatePage', 'trashPage', 'deletePage']) {
        answers.push(
          await expectRefused(
            world,
            () => sending(world, actor)(mutation, { id, ...(mutation === 'updatePage' && { title: 'New' }) }),
            { code: 'NOT_FOUND', path: null },
          ),
        );
      }
    }
    expect(new Set(answers.map(({ userErrors }) => JSON.stringify(userErrors))).size).toBe(1);
  });
});

describe('A version is for those who may read it', () => {
  test('so nobody else learns it by trying', async () => {
    const id = await page();
    const writer = await connection([[id, ['UPDATE']]]);
    for (const expectedVersion of [1, 2, 3]) {
      await expectRefused(world, () => sending(world, writer)('updatePage', { id, title: 'New', expectedVersion }), {
        code: 'CAPABILITY_MISSING',
        path: ['expectedVersion'],
      });
    }
    const reader = await connection([[id, ['READ', 'UPDATE']]]);
    await expectRefused(world, () => sending(world, reader)('updatePage', { id, title: 'New', expectedVersion: 7 }), {
      code: 'STALE_VERSION',
      currentVersion: 1,
    });
    await expectAllowed(() => sending(world, reader)('updatePage', { id, title: 'New', expectedVersion: 1 }));
  });
});

describe('The top of the workspace is for members and owners', () => {
  const TOP = { parent: { workspace: true } };

  test('and not for connections and guests, whatever is shared with them', async () => {
    const id = await page();
    const guest = await world.person({ role: 'GUEST' });
    await grantShare(operator(world), { personId: guest.id, resourceId: id });
    for (const actor of [await connection([[id, SHARE_ACCESS]]), signedIn(world, guest, 'GUEST')]) {
      const send = sending(world, actor);
      await expectRefused(world, () => send('createPage', TOP), { code: 'FORBIDDEN', path: ['parent'] });
      await expectRefused(world, () => send('createDatabase', TOP), { code: 'FORBIDDEN', path: ['parent'] });
      await expectRefused(world, () => send('movePage', { id, ...TOP }), { code: 'FORBIDDEN', path: ['parent'] });
      await expectRefused(world, () => send('createPage', { parent: { teamspaceId: newId() } }), { code: 'FORBIDDEN' });
    }
    for (const role of ['MEMBER', 'OWNER'] as const) {
      const send = sending(world, signedIn(world, await world.person({ role }), role));
      await expectAllowed(() => send('createPage', TOP));
      await expectAllowed(() => send('createDatabase', TOP));
    }
  });

  test('as that of a teamspace is', async () => {
    const teamspaceId = newId();
    await world.sql(`insert into teamspace (workspace_id, id, name) values ($1, $2, 'Team')`, [
      world.workspaceId,
      teamspaceId,
    ]);
    const send = sending(world, operatorIn(world));
    const { page: made } = await expectAllowed(() => send('createPage', { parent: { teamspaceId } }));
    const placed = () => world.sql('select parent_kind, parent_id, teamspace_id from page where id = $1', [made.id]);
    expect(await placed()).toEqual([{ parent_kind: 'WORKSPACE', parent_id: null, teamspace_id: teamspaceId }]);
    await expectAllowed(() => send('movePage', { id: made.id, ...TOP }));
    expect(await placed()).toEqual([{ parent_kind: 'WORKSPACE', parent_id: null, teamspace_id: null }]);
    await expectRefused(world, () => send('createPage', { parent: { teamspaceId: newId() } }), { code: 'NOT_FOUND' });
  });
});

describe('A guest', () => {
  test('writes what is shared with her for writing, and nothing else', async () => {
    const [mine, read, closed] = [await page(), await page(), await page()];
    const guest = await world.person({ role: 'GUEST' });
    await grantShare(operator(world), { personId: guest.id, resourceId: mine });
    await grantShare(operator(world), { personId: guest.id, resourceId: read, access: ['READ'] });
    const send = sending(world, signedIn(world, guest, 'GUEST'));
    await expectAllowed(() => send('updatePage', { id: mine, title: 'New' }));
    await expectAllowed(() => send('createPage', { parent: { pageId: mine } }));
    await expectRefused(world, () => send('updatePage', { id: read, title: 'New' }), { code: 'CAPABILITY_MISSING' });
    await expectRefused(world, () => send('updatePage', { id: closed, title: 'New' }), {
      code: 'NOT_FOUND',
    });
  });
});

describe('A personal token', () => {
  test('writes as far as it was given', async () => {
    const id = await page();
    const member = signedIn(world, await world.person(), 'MEMBER');
    const withToken = (capabilities: Capability[]): Actor =>
      ({
        ...member,
        session: undefined,
        bits: bitsOf(capabilities),
        personalToken: { id: newId(), administers: false },
      }) as Actor;
    await expectAllowed(() => sending(world, withToken(['CONTENT_UPDATE']))('updatePage', { id, title: 'New' }));
    await expectRefused(
      world,
      () => sending(world, withToken(['CONTENT_READ']))('updatePage', { id, title: 'Newer' }),
      {
        code: 'CAPABILITY_MISSING',
      },
    );
  });
});

describe('A public installation', () => {
  test('writes no more than whoever installed it may', async () => {
    const [both, hers] = [await page(), await page()];
    const guest = await world.person({ role: 'GUEST' });
    await grantShare(operator(world), { personId: guest.id, resourceId: both });
    await grantShare(operator(world), { personId: guest.id, resourceId: hers, access: ['READ'] });
    const actor = (await connection([
      [both, SHARE_ACCESS],
      [hers, SHARE_ACCESS],
    ])) as ConnectionActor;
    const send = sending(world, { ...actor, installedById: guest.id });
    await expectAllowed(() => send('updatePage', { id: both, title: 'New' }));
    await expectRefused(world, () => send('updatePage', { id: hers, title: 'New' }), { code: 'CAPABILITY_MISSING' });
    await world.sql('update membership set ended_at = now() where person_id = $1', [guest.id]);
    await expectRefused(world, () => send('updatePage', { id: both, title: 'Newer' }), { code: 'NOT_FOUND' });
  });
});
