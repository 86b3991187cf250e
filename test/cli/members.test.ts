// People and workspaces on the command line: listed, given roles, removed; deleted and restored.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post } from '../world.js';
import { type Desk, openLastingDesk, type Running } from './program.js';

interface Person {
  id: string;
  name: string;
  email: string;
  role: string;
}

let desk: Desk;
let server: Running;
beforeAll(async () => {
  desk = await openLastingDesk();
  server = await desk.start(['--no-demo']);
  await desk.json('workspace', 'create', 'Acme');
});
afterAll(async () => {
  await server?.end();
  await desk?.clear();
});

const add = async (name: string, role = 'MEMBER', workspace = 'Acme'): Promise<Person> => {
  const args = ['--workspace', workspace, '--name', name, '--email', `${name}@example.org`, '--role', role];
  return (await desk.json<{ person: Person }>('person', 'create', ...args)).person;
};
const people = async (workspace = 'Acme'): Promise<Person[]> =>
  (await desk.json<{ people: Person[] }>('person', 'list', '--workspace', workspace)).people;

describe('person', () => {
  test('list names everybody of a workspace with her role, the first who joined first', async () => {
    const [ada, gus] = [await add('Ada', 'OWNER'), await add('Gus', 'GUEST')];
    expect(await people()).toEqual([ada, gus]);
    const { stdout } = await desk.launch(['person', 'list', '--workspace', 'Acme']);
    expect(stdout).toBe(`${ada.id}  OWNER   Ada  <Ada@example.org>\n${gus.id}  GUEST   Gus  <Gus@example.org>\n`);
  });

  test('update gives a role, to somebody named by id or by address', async () => {
    const bea = await add('Bea');
    const args = ['--workspace', 'Acme', '--role'];
    expect(await desk.json('person', 'update', bea.id, ...args, 'GUEST')).toEqual({
      person: { ...bea, role: 'GUEST' },
    });
    const { stdout, code } = await desk.launch(['person', 'update', 'BEA@example.org', ...args, 'OWNER']);
    expect({ stdout, code }).toEqual({ stdout: `Bea (OWNER): ${bea.id}\n`, code: 0 });
    expect(await people()).toContainEqual({ ...bea, role: 'OWNER' });
  });

  test('remove ends a membership; adding her again is a beginning', async () => {
    const cleo = await add('Cleo');
    const { stdout } = await desk.launch(['person', 'remove', 'cleo@example.org', '--workspace', 'Acme']);
    expect(stdout).toBe(`Removed Cleo: ${cleo.id}\n`);
    expect(await people()).not.toContainEqual(cleo);
    expect((await desk.run(['person', 'remove', cleo.id, '--workspace', 'Acme'])).code).toBe(4);
    expect(await add('Cleo')).toEqual(cleo);
  });

  test.each([
    ['update', 'of nobody', ['person', 'update', 'nobody@example.org', '--workspace', 'Acme', '--role', 'OWNER'], 4],
    ['update', 'without a role', ['person', 'update', 'ada@example.org', '--workspace', 'Acme'], 2],
    [
      'update',
      'to a role that is none',
      ['person', 'update', 'ada@example.org', '--workspace', 'Acme', '--role', 'KING'],
      2,
    ],
    ['remove', 'from no workspace', ['person', 'remove', 'ada@example.org', '--workspace', 'Nowhere'], 4],
    ['list', 'of no workspace', ['person', 'list'], 2],
  ])('%s %s ends with one sentence', async (_, __, args, code) => {
    const outcome = await desk.run(args);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(/^[^\n]+\n(\([^\n]+\)\n)?$/);
  });

  test('the last owner can neither be removed nor get another role', async () => {
    await desk.json('workspace', 'create', 'Alone');
    const dora = await add('Dora', 'OWNER', 'Alone');
    for (const args of [
      ['person', 'remove', dora.id, '--workspace', 'Alone'],
      ['person', 'update', dora.id, '--workspace', 'Alone', '--role', 'MEMBER'],
    ]) {
      const outcome = await desk.run(args);
      expect(outcome).toMatchObject({ code: 1, stdout: '' });
      expect(outcome.stderr).toBe(
        'A workspace always has an owner, and this is the last one. Make another one first.\n',
      );
    }
    expect(await people('Alone')).toEqual([dora]);
  });
});

describe('workspace', () => {
  test('delete takes its name twice and refuses its tokens at once; restore brings everything back', async () => {
    const { workspace } = await desk.json<{ workspace: { id: string } }>('workspace', 'create', 'Doomed');
    const args = [
      'connection',
      'create',
      '--workspace',
      'Doomed',
      '--name',
      'Reader',
      '--capabilities',
      'CONTENT_READ',
    ];
    const { token, connection } = await desk.json<{ token: string; connection: { id: string } }>(...args);
    const status = async () => (await post(server.url, token, '{ viewer { id } }')).status;
    expect(await status()).toBe(200);

    expect((await desk.run(['workspace', 'delete', 'Doomed'])).code).toBe(2);
    const mistyped = await desk.run(['workspace', 'delete', 'Doomed', '--confirm', 'Domed']);
    expect(mistyped).toMatchObject({ code: 2, stderr: 'To delete the workspace, give its name as it is: "Doomed"\n' });
    expect(await status()).toBe(200);

    const deleted = await desk.launch(['workspace', 'delete', 'Doomed', '--confirm', 'Doomed']);
    expect(deleted.stdout).toMatch(
      new RegExp(
        `^Deleted Doomed: ${workspace.id}\nUntil \\S+Z it comes back with: gatehouse workspace restore ${workspace.id}\n$`,
      ),
    );
    expect(await status()).toBe(401);
    expect((await desk.run(['workspace', 'list'])).stdout).not.toContain('Doomed');
    for (const command of [
      ['workspace', 'delete', workspace.id, '--confirm', 'Doomed'],
      ['person', 'list', '--workspace', 'Doomed'],
      ['connection', 'show', connection.id],
      ['token', 'rotate', '--connection', connection.id],
      ['query', '{ viewer { id } }', '--as', connection.id],
    ]) {
      expect(await desk.run(command)).toMatchObject({ code: 4, stdout: '' });
    }
    expect((await desk.run(['connection', 'list'])).stdout).not.toContain(connection.id);

    const { workspaces } = await desk.json<{ workspaces: object[] }>('workspace', 'list', '--deleted');
    expect(workspaces).toEqual([{ id: workspace.id, name: 'Doomed', restorableUntil: expect.stringMatching(/Z$/) }]);
    const restored = await desk.launch(['workspace', 'restore', 'Doomed']);
    expect(restored.stdout).toBe(`Restored Doomed: ${workspace.id}\n`);
    expect(await status()).toBe(200);
    expect((await desk.run(['workspace', 'restore', 'Doomed'])).code).toBe(4);
  });
});

test('the server remembers when a token was last used, and writes it when it stops', async () => {
  const args = ['connection', 'create', '--workspace', 'Acme', '--name', 'Used', '--capabilities', ''];
  const { token, connection } = await desk.json<{ token: string; connection: { id: string } }>(...args);
  const tokens = async () =>
    (await desk.json<{ tokens: { lastUsedAt: string | null }[] }>('connection', 'show', connection.id)).tokens;
  expect(await tokens()).toMatchObject([{ lastUsedAt: null }]);
  expect((await post(server.url, token, '{ viewer { id } }')).status).toBe(200);
  await server.end();
  expect(await tokens()).toMatchObject([{ lastUsedAt: expect.stringMatching(/Z$/) }]);
});
