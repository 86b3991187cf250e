// connection create | list | show

import type { Command } from 'commander';
import { createConnection } from '../connection/lifecycle.js';
import { operatorOf } from '../gate/actor.js';
import { CAPABILITIES, type Capability, namesOf } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { notFound } from '../lib/refusal.js';
import { findWorkspace } from './find.js';
import { sharesOf } from './share.js';
import { type CommonOptions, idArgument, inSession, namesArgument, type Terminal, withCommonOptions } from './shell.js';

interface CreateOptions extends CommonOptions {
  workspace: string;
  name: string;
  capabilities: Capability[];
}

interface ConnectionRow {
  id: Id;
  name: string;
  kind: string;
  status: string;
  capabilities: number;
  workspaceId: Id;
  installationId: Id;
}

interface TokenRow {
  id: Id;
  lastFour: string;
  createdAt: string;
  lastUsedAt: string | null;
}

const SELECT = `
  select c.id, c.name, c.kind, c.status, c.capabilities, c.workspace_id as "workspaceId", i.id as "installationId"
    from connection c join workspace w on w.id = c.workspace_id and w.deleted_at is null
    left join installation i on i.connection_id = c.id and i.status <> 'ENDED'`;

export function connectionCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const connection = program.command('connection').description('make, list and show connections');

  withCommonOptions(connection.command('create').description('make an internal connection; its token is printed once'))
    .requiredOption('--workspace <id|name>', 'the workspace it is for')
    .requiredOption('--name <name>', 'its name')
    .requiredOption(
      '--capabilities <list>',
      `what it may do, comma-separated: ${CAPABILITIES.join(', ')}`,
      namesArgument(CAPABILITIES, 'capability'),
    )
    .action(async ({ workspace, name, capabilities, ...options }: CreateOptions) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const { id } = await findWorkspace(store.em(), workspace);
          const made = await createConnection(store.callerFor(operatorOf(id)), { name, capabilities });
          const { connection: c, installation, token } = made;
          print(
            {
              connection: { id: c.id, name: c.name, kind: c.kind, status: c.status, capabilities: c.capabilities },
              installation: { id: installation.id, workspaceId: installation.workspaceId },
              token,
            },
            [
              `Connection ${c.name}: ${c.id}`,
              `Capabilities: ${c.capabilities.join(', ') || 'none'}`,
              `Token: ${token}`,
              'It sees nothing until something is shared with it: gatehouse share grant --connection <id> --resource <id>',
            ],
          );
        }),
      ),
    );

  withCommonOptions(connection.command('list').description('list all connections'))
    .option('--workspace <id|name>', 'only those of this workspace')
    .action(async ({ workspace, ...options }: CommonOptions & { workspace?: string }) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const only = workspace === undefined ? null : (await findWorkspace(store.em(), workspace)).id;
          const rows = await store
            .em()
            .execute<ConnectionRow[]>(
              `${SELECT} where c.status <> 'DELETED' and (?::uuid is null or c.workspace_id = ?::uuid) order by c.created_at, c.id`,
              [only, only],
            );
          print(
            { connections: rows.map(described) },
            rows.map(
              (row) => `${row.id}  ${row.name}  ${row.status}  ${namesOf(row.capabilities).join(',') || 'none'}`,
            ),
          );
        }),
      ),
    );

  withCommonOptions(
    connection
      .command('show')
      .argument('<id>', 'id of the connection', idArgument)
      .description('show a connection, its tokens and shares'),
  ).action(async (id: Id, options: CommonOptions) =>
    done(
      await inSession(terminal, options, async ({ store, print }) => {
        const em = store.em();
        const [row] = await em.execute<ConnectionRow[]>(`${SELECT} where c.id = ? and c.status <> 'DELETED'`, [id]);
        if (!row) throw notFound('The connection');
        const tokens = await em.execute<TokenRow[]>(
          `select id, last_four as "lastFour", created_at as "createdAt", last_used_at as "lastUsedAt"
             from token
            where workspace_id = ? and installation_id = ? and revoked_at is null
              and (expires_at is null or expires_at > now()) order by created_at, id`,
          [row.workspaceId, row.installationId],
        );
        const shares = await sharesOf(em, row.workspaceId, row.id);
        print(
          {
            connection: described(row),
            installation: { id: row.installationId, workspaceId: row.workspaceId },
            tokens: tokens.map(({ createdAt, lastUsedAt, ...token }) => ({
              ...token,
              createdAt: new Date(createdAt),
              lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
            })),
            shares,
          },
          [
            `${row.name} (${row.kind}, ${row.status}): ${row.id}`,
            `Workspace: ${row.workspaceId}`,
            `Installation: ${row.installationId}`,
            `Capabilities: ${namesOf(row.capabilities).join(', ') || 'none'}`,
            `Live tokens: ${tokens.length}`,
            ...shares.map((share) => `Share ${share.id}: ${share.resourceId} ${share.access.join(',')}`),
          ],
        );
      }),
    ),
  );
}

const described = ({ id, name, kind, status, capabilities }: ConnectionRow) => ({
  id,
  name,
  kind,
  status,
  capabilities: namesOf(capabilities),
});
