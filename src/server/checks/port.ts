// The port: free, taken by our own server, or by somebody else. Found out by listening on it for a moment.

import { createServer } from 'node:net';
import { peekServer } from '../../store/peek.js';
import type { Configuration } from '../configuration.js';
import { type Finding, fail, ok } from './finding.js';

const PATIENCE_MS = 2_000;

export async function checkPort({ host, port, dataDirectory }: Configuration): Promise<Finding> {
  const name = 'port';
  if (port === 0) return ok(name, 'Any free port is taken at the start.');
  const code = await tryToListen(host, port);
  const server = await peekServer(dataDirectory).catch(() => null); // the data directory has a line of its own
  switch (code) {
    case null: {
      const elsewhere = server ? `; the server of this data directory (process ${server.pid}) listens elsewhere` : '';
      return ok(name, `Port ${port} at ${host} is free${elsewhere}.`);
    }
    case 'EADDRINUSE':
      return await whoHasIt(host, port, server);
    case 'EACCES':
      return fail(name, `Port ${port} may not be opened by this user.`, 'Choose one from 1024 on with PORT or --port.');
    default:
      return fail(
        name,
        `${host} is no address of this machine (${code}).`,
        'Set HOST to one that is, like 127.0.0.1 or 0.0.0.0.',
      );
  }
}

async function whoHasIt(host: string, port: number, server: { pid: number; port: number } | null): Promise<Finding> {
  const name = 'port';
  const isGatehouse = await answersAsGatehouse(host, port);
  if (isGatehouse && server?.port === port) {
    return ok(name, `Port ${port} is held by our own server, process ${server.pid}.`);
  }
  return fail(
    name,
    `Port ${port} at ${host} is taken by ${isGatehouse ? 'a Gatehouse of another data directory' : 'another program'}.`,
    'Stop it, or choose another port with PORT or --port.',
  );
}

function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => answer(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => answer(null)));
  });
}

async function answersAsGatehouse(host: string, port: number): Promise<boolean> {
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${near}:${port}/version`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      redirect: 'error',
    });
    const { name } = (await response.json()) as { name?: unknown };
    return name === 'gatehouse';
  } catch {
    return false; // whoever answers otherwise, or not, is not ours
  }
}
