// Measuring: server processes, batches of requests in turns, medians.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';

const IN_FLIGHT = 4;

export interface Measured {
  name: string;
  post(body: string): Promise<string>;
  /** CPU the process has used so far, in microseconds. */
  cpuMicros(): Promise<number>;
  stop(): Promise<void>;
}

interface ServerOptions {
  environment: Record<string, string>;
  token: string;
  /** Arguments for Node itself. */
  execArgv?: string[];
}

/** Starts a script of dist/bench as a server of its own. */
export async function startServer(
  name: string,
  script: string,
  { environment, token, execArgv = [] }: ServerOptions,
): Promise<Measured> {
  const child = fork(new URL(script, import.meta.url), {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    execArgv,
  });
  const ended = once(child, 'exit');
  const listening = await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => Promise.reject(new Error(`${name} ended with code ${code} before it listened.`))),
  ]);
  const { port } = listening[0] as { port: number };
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  return {
    name,
    post: (body) =>
      new Promise((resolve, reject) => {
        const sent = request(
          {
            agent,
            host: '127.0.0.1',
            port,
            path: '/graphql',
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
              authorization: `Bearer ${token}`,
            },
          },
          (response) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', (part: string) => {
              text += part;
            });
            response.on('end', () => resolve(text));
            response.on('error', reject);
          },
        );
        sent.on('error', reject);
        sent.end(body);
      }),
    async cpuMicros() {
      child.send('cpu');
      const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }];
      return cpuMicros;
    },
    async stop() {
      agent.destroy();
      child.disconnect();
      await ended;
    },
  };
}

/** Sends `count` requests, a few at a time; CPU microseconds of the server for each. */
async function batch(server: Measured, body: string, count: number): Promise<number> {
  const before = await server.cpuMicros();
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await server.post(body);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return ((await server.cpuMicros()) - before) / count;
}

/** The `data` of an answer, as it came; an answer with errors is none. */
export async function dataOf(server: Measured, body: string): Promise<string> {
  const text = await server.post(body);
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: unknown };
  if (errors || !data) throw new Error(`${server.name} answered ${text.slice(0, 500)}`);
  return JSON.stringify(data);
}

/** Throws unless all servers answer the same. */
export async function sameData(servers: readonly Measured[], body: string): Promise<string> {
  const answers = await Promise.all(servers.map((server) => dataOf(server, body)));
  for (const [index, answer] of answers.entries()) {
    if (answer !== answers[0]) {
      throw new Error(`${servers[index]?.name} answers otherwise than ${servers[0]?.name}:\n${answer}\n${answers[0]}`);
    }
  }
  return answers[0] ?? '';
}

/** Median CPU microseconds per operation of each server, measured in turns so that a busy machine hits all alike. */
export async function cpuPerOperation(
  servers: readonly Measured[],
  body: string,
  { rounds, operations, warmUp }: { rounds: number; operations: number; warmUp: number },
): Promise<Map<string, number[]>> {
  for (const server of servers) await batch(server, body, warmUp);
  const found = new Map(servers.map(({ name }): [string, number[]] => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const turn = servers.map((_, index) => servers[(index + round) % servers.length] as Measured);
    for (const server of turn) found.get(server.name)?.push(await batch(server, body, operations));
  }
  return found;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
