// The server as it is installed counts, writes what it counted when it is stopped, and loses a little when it is killed.

import { expect, test } from 'vitest';
import { type Desk, openDesk, type Running } from '../cli/program.js';
import { post } from '../world.js';

const USAGE = '{ viewer { installation { usage(window: LAST_24_HOURS) { requests } } } }';

test('what was asked is there after a stop, and after a kill nothing is doubled', { timeout: 180_000 }, async () => {
  const desk = await openDesk();
  let server = await desk.start();
  const { token } = server.started.demo!;
  const installation = await installationOf(server, token);
  await post(server.url, token, '{ viewer { id } }');
  expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
  expect(await requests(desk, installation)).toBe(2);

  server = await desk.start();
  await post(server.url, token, '{ viewer { id } }');
  await server.end('SIGKILL');
  const left = await requests(desk, installation);
  expect(left).toBeGreaterThanOrEqual(2);
  expect(left).toBeLessThanOrEqual(3);
});

async function installationOf(server: Running, token: string): Promise<string> {
  const { data } = await post<{ viewer: { installation: { id: string } } }, object>(
    server.url,
    token,
    '{ viewer { installation { id } } }',
  );
  return data!.viewer.installation.id;
}

/** Asked on the command line, which is not counted. */
async function requests(desk: Desk, installation: string): Promise<number> {
  const answer = await desk.json<{ data: { viewer: { installation: { usage: { requests: number } } } } }>(
    'query',
    USAGE,
    '--as',
    installation,
  );
  return answer.data.viewer.installation.usage.requests;
}
