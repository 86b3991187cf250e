// Every command, through bin/gatehouse, in a directory of its own: what goes in, what comes out, and how it ends.
// `launch` and `start` are processes; `run` and `json` the same command lines in this one.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOKEN_PATTERN } from '../../src/lib/secret.js';
import { Browser } from '../server/browser.js';
import { type Answer, post } from '../world.js';
import { type Desk, openDesk, openLastingDesk, postgresOf, type Running, writeFiles } from './program.js';

const HOME_ID = 'f1d2d2f924e986ac86fdf7b36c94bcdf';
const HOME = 'f1d2d2f9-24e9-86ac-86fd-f7b36c94bcdf';
const WEEK = '32a7f0c4-5b1e-4b6e-9d1f-0c2a7b8d9e10';
const BOARD = '7c211433-f026-4d83-b5a6-d0d0f7e0a1b2';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

interface Created {
  connection: { id: string };
  installation: { id: string; workspaceId: string };
  token: string;
}

let desk: Desk;
let server: Running;
let workspaceId: string;

// One server for most of the file: commands attach to its PostgreSQL, which is also what they mostly do in life.
beforeAll(async () => {
  desk = await openLastingDesk();
  await writeFiles(desk.directory, {
    [`export/Home ${HOME_ID}.md`]: '# Home\n\nWelcome, **all** of you.\n',
    [`export/Home/First week ${WEEK.replaceAll('-', '')}.md`]: '# First week\n\nMeet everybody.\n',
    [`export/Board ${BOARD.replaceAll('-', '')}.md`]: '# Board\n\nNot for everybody.\n',
    [`changed/Home ${HOME_ID}.md`]: '# Home\n\nWelcome back.\n',
    [`changed/Home/First week ${WEEK.replaceAll('-', '')}.md`]: '# First week\n\nMeet everybody.\n',
    'empty/nothing.txt': 'nothing',
  });
  server = await desk.start(['--no-demo']);
  ({
    workspace: { id: workspaceId },
  } = await desk.json<{ workspace: { id: string } }>('import', 'export', '--workspace', 'Acme'));
});
afterAll(async () => {
  await server?.end();
  await desk?.clear();
});

const connect = (capabilities = 'CONTENT_READ'): Promise<Created> =>
  desk.json('connection', 'create', '--workspace', 'Acme', '--name', 'Reader', '--capabilities', capabilities);
const share = (connection: string, ...more: string[]) =>
  desk.json<{ share: { id: string; resourceId: string; access: string[]; expiresAt: string | null } }>(
    ...['share', 'grant', '--connection', connection, '--resource', HOME, ...more],
  );
const ask = (token: string, query: string): Promise<Answer> => post(server.url, token, query);

describe('import', () => {
  test('reads a folder into a new workspace, and the second time changes only what has changed', async () => {
    const args = ['import', 'export', '--workspace', 'Twice'];
    const launched = await desk.launch([...args, '--json']);
    expect(launched).toMatchObject({ code: 0, stderr: '' });
    const first = JSON.parse(launched.stdout);
    expect(first).toEqual({
      workspace: { id: expect.stringMatching(UUID), name: 'Twice' },
      created: expect.objectContaining({ pages: 3 }),
      updated: expect.objectContaining({ pages: 0 }),
      inferred: [],
      skipped: [],
    });
    const second = await desk.json<Record<string, unknown>>('import', 'changed', '--workspace', 'Twice');
    expect(second).toMatchObject({ workspace: first.workspace, created: { pages: 0 }, updated: { pages: 1 } });
    expect(second.skipped).toEqual([{ path: expect.stringContaining('Board'), reason: expect.any(String) }]);
  });

  test('says in words what it read', async () => {
    const { code, stdout, stderr } = await desk.run(['import', 'export', '--workspace', 'Acme']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Workspace Acme: ${workspaceId}\nRead \\d+ files\\.\n$`));
    expect(stderr).toBe(''); // no bar where nobody watches
  });

  test('of a folder that is no export makes nothing, not even the workspace', async () => {
    const { code, stdout, stderr } = await desk.run(['import', 'empty', '--workspace', 'Never']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expectOneSentence(stderr);
    expect((await desk.run(['workspace', 'list'])).stdout).not.toContain('Never');
  });
});

describe('workspace', () => {
  test('create makes one, list lists all, the oldest first', async () => {
    const { workspace } = await desk.json<{ workspace: { id: string; name: string } }>(
      'workspace',
      'create',
      ' Other ',
    );
    expect(workspace).toEqual({ id: expect.stringMatching(UUID), name: 'Other' });
    const { workspaces } = await desk.json<{ workspaces: object[] }>('workspace', 'list');
    expect(workspaces).toContainEqual(workspace);
    const { stdout } = await desk.launch(['workspace', 'list']);
    expect(stdout).toContain(`${workspace.id}  Other\n`);
    expect(stdout.indexOf('Acme')).toBeLessThan(stdout.indexOf('Other'));
  });
});

describe('person create', () => {
  test('adds a member, or what else is said', async () => {
    const args = ['person', 'create', '--workspace', workspaceId.replaceAll('-', '').toUpperCase()];
    const member = await desk.json(...args, '--name', 'Ada', '--email', 'ada@example.org');
    expect(member).toEqual({
      person: { id: expect.stringMatching(UUID), name: 'Ada', email: 'ada@example.org', role: 'MEMBER' },
    });
    const owner = await desk.launch([...args, '--name', 'Ben', '--email', 'ben@example.org', '--role', 'OWNER']);
    expect(owner.stdout).toMatch(/^Ben \(OWNER\): [0-9a-f-]{36}\n$/);
  });

  test('refuses a second membership, whatever the case of the address', async () => {
    const args = ['person', 'create', '--workspace', 'Acme', '--name', 'Cleo', '--email'];
    expect((await desk.run([...args, 'cleo@example.org'])).code).toBe(0);
    const { code, stdout, stderr } = await desk.run([...args, 'CLEO@example.org']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expectOneSentence(stderr);
  });
});

describe('person link', () => {
  test('prints a link with which she signs in once, at the address clients use', async () => {
    await desk.json('person', 'create', '--workspace', 'Acme', '--name', 'Lin', '--email', 'lin@example.org');
    const launched = await desk.launch(['person', 'link', 'LIN@example.org', '--json'], {
      GATEHOUSE_PUBLIC_URL: 'https://gatehouse.example.org/',
    });
    expect(launched).toMatchObject({ code: 0, stderr: '' });
    const { person, link } = JSON.parse(launched.stdout);
    expect(person).toEqual({ id: expect.stringMatching(UUID), name: 'Lin', email: 'lin@example.org' });
    expect(link).toEqual({
      url: expect.stringMatching(/^https:\/\/gatehouse\.example\.org\/sign-in\/gth_otl_[0-9A-Za-z]{38}$/),
      expiresAt: expect.stringMatching(TIME),
    });
    const minutes = (new Date(link.expiresAt).getTime() - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(13);
    expect(minutes).toBeLessThan(16);

    const browser = new Browser(server.url.replace('/graphql', ''));
    await browser.open(new URL(link.url).pathname);
    await browser.submit({ password: 'correct battery horse', repeated: 'correct battery horse' });
    await browser.open('/account');
    expect(browser.heading).toBe('Signed in');
    expect((await desk.run(['person', 'link', 'lin@example.org'])).stdout).toMatch(
      /^Lin signs in once with this, before .*, and sets a password:\n {2}http:\/\/localhost:4000\/sign-in\/gth_otl_\w+\n$/,
    );
  });

  test('is refused for an address nobody has', async () => {
    const { code, stdout, stderr } = await desk.run(['person', 'link', 'nobody@example.org']);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expectOneSentence(stderr);
  });
});

describe('connection', () => {
  test('create prints its token once; list and show never do', async () => {
    const made = await connect('content_read, USER_READ_EMAIL');
    const described = {
      id: made.connection.id,
      name: 'Reader',
      kind: 'INTERNAL',
      status: 'ACTIVE',
      capabilities: ['CONTENT_READ', 'USER_READ', 'USER_READ_EMAIL'],
    };
    expect(made).toEqual({
      connection: described,
      installation: { id: expect.stringMatching(UUID), workspaceId },
      token: expect.stringMatching(/^gth_int_[0-9A-Za-z]{38}$/),
    });
    const [listed, shown, shownAsText] = await Promise.all([
      desk.run(['connection', 'list', '--json', '--workspace', 'Acme']),
      desk.launch(['connection', 'show', made.connection.id.replaceAll('-', ''), '--json']),
      desk.run(['connection', 'show', made.connection.id]),
    ]);
    expect(JSON.parse(listed.stdout).connections).toContainEqual(described);
    expect(JSON.parse(shown.stdout)).toEqual({
      connection: described,
      installation: made.installation,
      tokens: [
        {
          id: expect.stringMatching(UUID),
          lastFour: made.token.slice(-4),
          createdAt: expect.stringMatching(TIME),
          lastUsedAt: null,
        },
      ],
      shares: [],
    });
    expect(shownAsText.stdout).toContain('Live tokens: 1');
    expect([listed, shown, shownAsText].map(({ stdout }) => stdout).join()).not.toMatch(TOKEN_PATTERN);
  });

  test('create tells a person what comes next', async () => {
    const { stdout, stderr, code } = await desk.launch([
      'connection',
      'create',
      '--workspace',
      'Acme',
      '--name',
      'Words',
      '--capabilities',
      '',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Connection Words: [0-9a-f-]{36}\nCapabilities: none\nToken: gth_int_\w{38}\nIt sees nothing until/,
    );
  });
});

describe('share', () => {
  test('grant opens, again replaces, list shows, revoke ends, and the connection feels each at its next request', async () => {
    const { connection, token } = await connect();
    const titles = async () => {
      const { data } = await ask(token, '{ pages { nodes { title } } }');
      return (data as { pages: { nodes: { title: string }[] } }).pages.nodes.map(({ title }) => title).sort();
    };
    expect(await titles()).toEqual([]);

    const wide = await share(connection.id);
    expect(wide).toEqual({
      share: {
        id: expect.stringMatching(UUID),
        resourceId: HOME,
        access: ['READ', 'UPDATE', 'INSERT', 'COMMENT_READ', 'COMMENT_INSERT'],
        expiresAt: null,
      },
    });
    expect(await titles()).toEqual(['First week', 'Home']);

    const narrow = await share(connection.id, '--access', 'update');
    expect(narrow.share.access).toEqual(['UPDATE']);
    expect(await titles()).toEqual([]);

    const launched = await desk.launch(
      ['share', 'grant', '--connection', connection.id, '--resource', HOME_ID, '--json', '--access', 'READ'].concat(
        ...['--expires', '2099-01-31T12:00:00+02:00'],
      ),
    );
    const brief = JSON.parse(launched.stdout);
    expect(brief.share).toMatchObject({ access: ['READ'], expiresAt: '2099-01-31T10:00:00.000Z' });
    expect(await titles()).toEqual(['First week', 'Home']);

    expect(await desk.json('share', 'list', '--connection', connection.id)).toEqual({ shares: [brief.share] });
    const listed = await desk.run(['share', 'list', '--connection', connection.id]);
    expect(listed.stdout).toBe(`${brief.share.id}  ${HOME}  READ  2099-01-31T10:00:00.000Z\n`);

    const ended = await desk.launch(['share', 'revoke', brief.share.id.replaceAll('-', '')]);
    expect(ended).toMatchObject({ code: 0, stdout: `Ended share ${brief.share.id}\n` });
    expect(await titles()).toEqual([]);
    expect((await desk.run(['share', 'list', '--connection', connection.id])).stdout).toBe('');

    const again = await desk.run(['share', 'revoke', brief.share.id]);
    expect(again).toMatchObject({ code: 4, stdout: '' });
    expectOneSentence(again.stderr);
  });

  test('update narrows and sets or takes away an expiry, and the share keeps its id', async () => {
    const { connection } = await connect();
    const { share: made } = await share(connection.id);
    const narrowed = await desk.json('share', 'update', made.id, '--access', 'READ', '--expires', '2099-01-31');
    const expiresAt = '2099-01-31T00:00:00.000Z';
    expect(narrowed).toEqual({ share: { ...made, access: ['READ'], expiresAt }, stillOpenedBy: [] });
    const launched = await desk.launch(['share', 'update', made.id, '--expires', 'never']);
    expect(launched).toMatchObject({ code: 0, stdout: `Share ${made.id}: ${HOME} READ\n`, stderr: '' });
    const shares = [{ ...made, access: ['READ'] }];
    expect(await desk.json('share', 'list', '--connection', connection.id)).toEqual({ shares });
  });

  test('grant opens a page to a guest as well', async () => {
    const guest = ['--name', 'Grace', '--email', 'grace@example.org', '--role', 'GUEST'];
    const { person } = await desk.json<{ person: { id: string } }>('person', 'create', '--workspace', 'Acme', ...guest);
    const grant = ['share', 'grant', '--person', person.id, '--resource', WEEK, '--access', 'READ'];
    expect(await desk.json(...grant)).toEqual({
      share: { id: expect.stringMatching(UUID), resourceId: WEEK, access: ['READ'], expiresAt: null },
    });
  });

  test('list shows from the side of a page whom it is open to, what is inherited, and what is left of it', async () => {
    await desk.json('import', 'export', '--workspace', 'Sides');
    const connectTo = (name: string) =>
      desk.json<Created>(
        ...['connection', 'create', '--workspace', 'Sides', '--name', name, '--capabilities', 'CONTENT_READ'],
      );
    const above = (await connectTo('Above')).connection;
    const { share: home } = await share(above.id, '--access', 'READ,UPDATE');
    const guest = ['--name', 'Gale', '--email', 'gale@example.org', '--role', 'GUEST'];
    const { person } = await desk.json<{ person: { id: string } }>(
      'person',
      'create',
      '--workspace',
      'Sides',
      ...guest,
    );
    const { share: week } = await desk.json<{ share: object }>(
      ...['share', 'grant', '--person', person.id, '--resource', WEEK, '--access', 'READ'],
    );
    const list = ['share', 'list', '--resource', WEEK, '--workspace', 'Sides'];
    const { shares } = await desk.json<{ shares: { id: string }[] }>(...list);
    expect(shares).toHaveLength(2);
    expect(shares).toEqual(
      expect.arrayContaining([
        { ...home, grantee: { connectionId: above.id, name: 'Above' }, inherited: true, effective: ['READ'] },
        { ...week, grantee: { personId: person.id, name: 'Gale' }, inherited: false, effective: ['READ'] },
      ]),
    );
    const { stdout } = await desk.launch(list);
    expect(stdout).toContain(`  Above  inherited from ${HOME}  READ in effect\n`);
    expect(stdout).toContain('  Gale  direct  READ in effect\n');
    const ambiguous = await desk.run(['share', 'list', '--resource', WEEK]);
    expect(ambiguous).toMatchObject({ code: 2, stdout: '' });
    expect(ambiguous.stderr).toMatch(
      /^The page, database or data source is in \d workspaces\. Say which with --workspace/,
    );
  });

  test('a share below another that still lives changes nothing when it is revoked, and the one above is named', async () => {
    const { connection, token } = await connect();
    const { share: above } = await share(connection.id);
    const below = await desk.json<{ share: { id: string } }>(
      ...['share', 'grant', '--connection', connection.id, '--resource', WEEK],
    );
    const ended = await desk.run(['share', 'revoke', below.share.id]);
    expect(ended.stdout).toMatch(`Ended share ${below.share.id}\nStill open by share ${above.id}: ${HOME} READ`);
    expect((await ask(token, `{ page(id: "${WEEK}") { title } }`)).data).toEqual({ page: { title: 'First week' } });
  });
});

describe('token', () => {
  test('rotate gives a new one, and the old one works for another day', async () => {
    const { connection, token } = await connect();
    expect((await ask(token, '{ viewer { kind } }')).status).toBe(200);
    const launched = await desk.launch(['token', 'rotate', '--connection', connection.id, '--json']);
    const made = JSON.parse(launched.stdout);
    expect(made).toEqual({
      token: expect.stringMatching(/^gth_int_[0-9A-Za-z]{38}$/),
      previousValidUntil: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(Date.parse(made.previousValidUntil) / 3_600_000).toBeCloseTo(Date.now() / 3_600_000 + 24, 1);
    expect((await ask(token, '{ viewer { kind } }')).status).toBe(200);
    expect((await ask(made.token, '{ viewer { kind } }')).status).toBe(200);
  });

  test('rotate without an overlap ends the old one from its next request on', async () => {
    const { connection, token } = await connect();
    const made = await desk.json<{ token: string }>('token', 'rotate', '--connection', connection.id, '--overlap', '0');
    expect(made).toEqual({ token: expect.any(String), previousValidUntil: null });
    expect((await ask(token, '{ viewer { kind } }')).status).toBe(401);
    expect((await ask(made.token, '{ viewer { kind } }')).status).toBe(200);
  });

  test('revoke ends it, and there is nothing left to revoke', async () => {
    const { connection, token } = await connect();
    const first = await desk.launch(['token', 'revoke', '--connection', connection.id]);
    expect(first).toMatchObject({ code: 0, stdout: 'Ended 1 token\n' });
    expect((await ask(token, '{ viewer { kind } }')).status).toBe(401);
    const second = await desk.run(['token', 'revoke', '--connection', connection.id]);
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expectOneSentence(second.stderr);
  });
});

describe('query', () => {
  test('prints the GraphQL answer, as a connection or as its installation', async () => {
    const { connection, installation } = await connect();
    await share(connection.id);
    const args = ['query', 'query ($id: ID!) { page(id: $id) { title } }', '--variables', `{"id": "${WEEK}"}`, '--as'];
    const expected = { data: { page: { title: 'First week' } } };
    expect(await desk.json(...args, connection.id)).toMatchObject(expected);
    const { stdout, stderr, code } = await desk.launch([...args, installation.id.replaceAll('-', '')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject(expected);
    expect(stdout).toBe(`${JSON.stringify(JSON.parse(stdout), null, 2)}\n`);
  });

  test.each([
    [0, 'something was answered', '{ viewer { kind } pages { totalCount } }', '"kind":"CONNECTION"'],
    [3, 'every root field was denied', '{ pages { totalCount } a: users { totalCount } }', 'CAPABILITY_MISSING'],
    [0, 'a field below was denied', '{ viewer { person { email } } }', '"person":null'],
    [1, 'it does not parse', '{ viewer {', 'GRAPHQL_PARSE_FAILED'],
    [1, 'it is not valid', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    [1, 'it lacks a variable', 'query ($id: ID!) { page(id: $id) { id } }', 'BAD_USER_INPUT'],
  ])('ends with %i when %s', async (code, _, document, part) => {
    bare ??= await connect('');
    const outcome = await (code === 3 ? desk.launch : desk.run).call(desk, [
      'query',
      document,
      '--as',
      bare.connection.id,
      '--json',
    ]);
    expect(outcome).toMatchObject({ code, stderr: '' });
    expect(outcome.stdout).toContain(part);
    expect(() => JSON.parse(outcome.stdout)).not.toThrow();
  });
  let bare: Created | undefined;
});

describe('explain', () => {
  test('says why a connection may read a page, in a sentence and its steps', async () => {
    const { connection, installation } = await connect();
    const { share: made } = await share(connection.id, '--access', 'READ');
    const outcome = await desk.launch(['explain', '--connection', connection.id, '--resource', WEEK]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const [sentence, ...steps] = outcome.stdout.trimEnd().split('\n');
    expect(sentence).toMatch(
      /^"Reader" may read the page "First week", because the share on the page "Home" .* opens READ\.$/,
    );
    expect(steps).toHaveLength(9);
    expect(steps[5]).toBe('yes  RESOURCE      The page "First week" is there.');
    const { explanation } = await desk.json<{ explanation: { allowed: boolean; steps: { shares: object[] }[] } }>(
      ...['explain', '--connection', installation.id, '--resource', WEEK, '--field', 'Page.title', '--action', 'read'],
    );
    expect(explanation).toMatchObject({ allowed: true });
    expect(explanation.steps[6]?.shares).toMatchObject([
      { id: made.id, resourceId: HOME, access: ['READ'], state: 'LIVE' },
    ]);
  });

  test('says why it may not, and what would change that', async () => {
    const { connection, installation } = await connect();
    const outcome = await desk.run([
      'explain',
      '--connection',
      connection.id,
      '--resource',
      BOARD,
      '--action',
      'UPDATE',
    ]);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(
      /^"Reader" may not change the page "Board", because neither this page nor anything above/,
    );
    expect(outcome.stdout).toContain(
      `     what would change it: grantShare(input: { installationId: "${installation.id}", resourceId: "${BOARD}", access: [UPDATE] })`,
    );
  });

  test.each([
    [4, 'The connection or installation was not found.', ['--connection', WEEK]],
    [2, 'coordinate should name a field', ['--field', 'Page.secret']],
    [2, 'Expected any of READ, UPDATE', ['--action', 'DELETE']],
    [2, 'Expected an id of 32 hexadecimal digits', ['--resource', 'nonsense']],
  ])('ends with %i and says: %s', async (code, message, args) => {
    bare ??= await connect('');
    const asked = args[0] === '--connection' ? args : ['--connection', bare.connection.id, ...args];
    const outcome = await desk.run(['explain', ...asked]);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toContain(message);
  });
  let bare: Created | undefined;
});

describe('schema print', () => {
  test('prints the whole schema, or the slice of a connection', async () => {
    const { connection } = await connect('USER_READ');
    const [whole, slice, slicedJson] = await Promise.all([
      desk.run(['schema', 'print']),
      desk.launch(['schema', 'print', '--connection', connection.id]),
      desk.run(['schema', 'print', '--connection', connection.id, '--json']),
    ]);
    expect(whole.stdout).toMatch(/^ {2}email: String @requires/m);
    expect(whole.stdout).toMatch(/^type Page /m);
    expect(slice.code).toBe(0);
    expect(slice.stdout).toMatch(/^type Person /m);
    expect(slice.stdout).not.toMatch(/^ {2}email: String/m);
    expect(JSON.parse(slicedJson.stdout)).toEqual({ sdl: expect.stringContaining('type Person ') });
  });
});

describe('a command', () => {
  test('that is unknown, or half known, ends with 2 and says what was meant', async () => {
    const outcomes = await Promise.all([
      desk.launch(['worksapce', 'list']),
      desk.run(['workspace', 'lits']),
      desk.run(['workspace', 'list', '--jsn']),
      desk.run(['workspace', 'create']),
      desk.run(['connection', 'create', '--workspace', 'Acme']),
      desk.run(['workspace', 'create', 'one', 'two']),
    ]);
    expect(outcomes.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
      outcomes.map(() => ({ code: 2, stdout: '' })),
    );
    const [command, sub, option, argument, required, excess] = outcomes.map(({ stderr }) => stderr);
    expect(command).toBe("error: unknown command 'worksapce'\n(Did you mean workspace?)\n");
    expect(sub).toBe("error: unknown command 'lits'\n(Did you mean list?)\n");
    expect(option).toBe("error: unknown option '--jsn'\n(Did you mean --json?)\n");
    expect(argument).toBe("error: missing required argument 'name'\n");
    expect(required).toBe("error: required option '--name <name>' not specified\n");
    expect(excess).toMatch(/^error: too many arguments for 'create'/);
  });

  test('explains itself with --help, on stdout', async () => {
    const [all, one, version] = await Promise.all([
      desk.launch(['--help']),
      desk.run(['share', 'grant', '--help']),
      desk.run(['--version']),
    ]);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    for (const name of [
      'start',
      'import',
      'workspace',
      'person',
      'connection',
      'share',
      'token',
      'query',
      'explain',
      'schema',
    ]) {
      expect(all.stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    }
    for (const option of ['--connection <id>', '--resource <id>', '--access <list>', '--expires <time>', '--json']) {
      expect(one.stdout).toContain(option);
    }
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('prints no colours, asked or not', async () => {
    const outcomes = await Promise.all([
      desk.run(['workspace', 'list'], { FORCE_COLOR: '1' }),
      desk.run(['nothing'], { NO_COLOR: '1' }),
      desk.launch(['nothing'], { FORCE_COLOR: '1' }),
    ]);
    for (const { stdout, stderr } of outcomes) expect(stdout + stderr).not.toContain('\u001b');
  });

  test('works twice at once', async () => {
    const names = ['One', 'Two'];
    await Promise.all(names.map((name) => desk.launch(['workspace', 'create', `At once ${name}`])));
    const { stdout } = await desk.run(['workspace', 'list']);
    for (const name of names) expect(stdout).toContain(`At once ${name}`);
  });
});

describe('without a server', () => {
  test('two commands at once start one PostgreSQL, and the last to leave stops it', async () => {
    const quiet = await openDesk();
    const made = await Promise.all(['A', 'B'].map((name) => quiet.launch(['workspace', 'create', name])));
    expect(made).toMatchObject([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    expect(await postgresOf(join(quiet.directory, '.gatehouse'))).toBeNull();
    const { workspaces } = await quiet.json<{ workspaces: { name: string }[] }>('workspace', 'list');
    expect(workspaces.map(({ name }) => name).sort()).toEqual(['A', 'B']);
  });
});

describe('start', () => {
  test('makes a demo on an empty data directory, whose token answers, and not again', async () => {
    const first = await openDesk();
    const server = await first.start();
    expect(server.started).toEqual({
      url: `http://localhost:${server.port}/graphql`,
      explorer: `http://localhost:${server.port}/explorer`,
      host: '127.0.0.1',
      port: server.port,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      demo: expect.objectContaining({ token: expect.stringMatching(/^gth_int_/), workspaceName: 'Demo' }),
      setup: [{ workspaceName: 'Demo', link: expect.stringMatching(/^http:\/\/localhost:\d+\/setup\/gth_otl_/) }],
    });
    const answer = await post(server.url, server.started.demo!.token, '{ pages(first: 10) { totalCount } }');
    expect(answer.data).toEqual({ pages: { totalCount: 5 } });
    expect(await server.end()).toMatchObject({ code: 0 });
    expect(server.log()).not.toMatch(/gth_/);

    const again = await first.start();
    expect(again.started.demo).toBeNull();
    expect(await again.end('SIGINT')).toMatchObject({ code: 0 });
  });

  test('prints a link for the first owner, a new one each time, until there is one', async () => {
    const fresh = await openDesk();
    const early = await fresh.start(['--no-demo']);
    expect(early.started.setup).toEqual([{ workspaceName: null, link: expect.stringMatching(/\/setup\/gth_otl_/) }]);
    await early.end();

    const second = await fresh.start(['--no-demo']);
    const at = (link: string) => [second.url.replace('/graphql', ''), new URL(link).pathname] as const;
    const [url, path] = at(second.started.setup[0]!.link);
    const browser = new Browser(url);
    await browser.open(at(early.started.setup[0]!.link)[1]);
    expect(browser.page.status).toBe(404);
    await browser.open(path);
    expect(browser.heading).toBe('Set up Gatehouse');
    const password = 'correct battery horse';
    const input = { name: 'Grace', email: 'grace@example.org', password, repeated: password };
    await browser.submit({ ...input, workspaceName: '' });
    expect(browser.alert).toBe('The name of the workspace must not be empty.');
    await browser.submit({ ...input, workspaceName: 'Laboratory' });
    await browser.open('/account');
    expect(browser.page.text).toContain('Laboratory <span class="note">owner</span>');
    expect((await second.end()).stderr).not.toMatch(/gth_/);

    const { workspace } = await fresh.json<{ workspace: { id: string } }>('workspace', 'create', 'Orphan');
    const third = await fresh.start(['--no-demo']);
    expect(third.started.setup.map(({ workspaceName }) => workspaceName)).toEqual(['Orphan']);
    await third.end();
    await fresh.json(
      'person',
      'create',
      '--workspace',
      workspace.id,
      '--name',
      'O',
      '--email',
      'o@example.org',
      '--role',
      'OWNER',
    );
    const fourth = await fresh.start(['--no-demo']);
    expect(fourth.started.setup).toEqual([]);
    await fourth.end();
  });
});

function expectOneSentence(text: string): void {
  expect(text).toMatch(/^[^\n]+[.?!]\n$/);
  expect(text).not.toMatch(/\bat .*:\d+|Unexpected|Error:/);
}
