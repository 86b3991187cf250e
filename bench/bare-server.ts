// What nobody can go below: Node's own server and `pg`, the token looked up and the list read by prepared statements, the
// rows written as they came. It knows one query, no GraphQL, no gate, no limits; it answers the list of pages alone.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { serveCpuTime } from './measured.js';
import { LIST_SQL, TOKEN_SQL } from './stock-sql.js';

const TIMESTAMPTZ = 1184;
pg.types.setTypeParser(TIMESTAMPTZ, (text) => `${text.slice(0, 10)}T${text.slice(11, 19)}.${thousandths(text)}Z`);
const thousandths = (text: string) => text.slice(20, -3).slice(0, 3).padEnd(3, '0');

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const hash = Buffer.from(process.env.BENCH_TOKEN_HASH ?? '', 'hex');

const server = createServer(async (request, response) => {
  const { variables } = JSON.parse(await textOf(request)) as { variables: { n: number } };
  const found = await pool.query({ name: 'token', text: TOKEN_SQL, values: [hash] });
  const { workspaceId, installationId, bits } = found.rows[0];
  const values = [workspaceId, installationId, bits & 31, bits & 96, variables.n + 1];
  const { rows } = await pool.query({ name: 'list', text: LIST_SQL, values });
  const nodes = rows.slice(0, variables.n).map(({ id, title, version, inTrash, createdAt, lastEditedAt }) => ({
    id,
    title,
    version,
    inTrash,
    createdAt,
    lastEditedAt,
  }));
  const text = JSON.stringify({ data: { pages: { nodes } } });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
});
server.listen(0, '127.0.0.1', () => serveCpuTime((server.address() as AddressInfo).port));

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const part of request) text += part;
  return text;
}
