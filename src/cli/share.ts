// share grant | revoke | list

import type { EntityManager } from '@mikro-orm/postgresql';
import { type Command, InvalidArgumentError } from 'commander';
import { operatorOf } from '../gate/actor.js';
import { SHARE_ACCESS, type ShareAccess, shareNamesOf } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { notFound } from '../lib/refusal.js';
import { grantShare, revokeShare } from '../share/lifecycle.js';
import { operatorAtConnection } from './find.js';
import { type CommonOptions, idArgument, inSession, namesArgument, type Terminal, withCommonOptions } from './shell.js';

interface GrantOptions extends CommonOptions {
  connection: Id;
  resource: Id;
  access?: ShareAccess[];
  expires?: Date;
}

interface ShareRow {
  id: Id;
  resourceId: Id;
  access: number;
  expiresAt: Date | null;
}

export function shareCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const share = program.command('share').description('open pages and databases to connections');

  withCommonOptions(
    share.command('grant').description('share a page, database or data source, and everything below it'),
  )
    .requiredOption('--connection <id>', 'who gets it', idArgument)
    .requiredOption('--resource <id>', 'what is shared', idArgument)
    .option(
      '--access <list>',
      `what it opens, comma-separated: ${SHARE_ACCESS.join(', ')} (default: all)`,
      namesArgument(SHARE_ACCESS, 'access'),
    )
    .option('--expires <time>', 'when it ends, like 2027-01-31T12:00:00Z', timeArgument)
    .action(async ({ connection, resource, access, expires, ...options }: GrantOptions) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const actor = await operatorAtConnection(store.em(), connection);
          const made = await grantShare(store.callerFor(actor), {
            connectionId: connection,
            resourceId: resource,
            access,
            expiresAt: expires,
          });
          const shown = described(made);
          print({ share: shown }, [`Share ${shown.id}: ${shown.resourceId} ${shown.access.join(',')}`]);
        }),
      ),
    );

  withCommonOptions(
    share.command('revoke').argument('<id>', 'id of the share', idArgument).description('end a share'),
  ).action(async (id: Id, options: CommonOptions) =>
    done(
      await inSession(terminal, options, async ({ store, print }) => {
        const [row] = await store.em().execute<{ workspaceId: Id }[]>(
          `select s.workspace_id as "workspaceId" from share s join workspace w on w.id = s.workspace_id
              where s.id = ? and w.deleted_at is null`,
          [id],
        );
        if (!row) throw notFound('The share');
        const ended = await revokeShare(store.callerFor(operatorOf(row.workspaceId)), id);
        print({ share: described(ended) }, [`Ended share ${ended.id}`]);
      }),
    ),
  );

  withCommonOptions(share.command('list').description('list the live shares of a connection'))
    .requiredOption('--connection <id>', 'whose', idArgument)
    .action(async ({ connection, ...options }: CommonOptions & { connection: Id }) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const { workspaceId } = await operatorAtConnection(store.em(), connection);
          const shares = await sharesOf(store.em(), workspaceId, connection);
          print(
            { shares },
            shares.map(
              ({ id, resourceId, access, expiresAt }) =>
                `${id}  ${resourceId}  ${access.join(',')}  ${expiresAt?.toISOString() ?? 'for good'}`,
            ),
          );
        }),
      ),
    );
}

/** The live shares of a connection, as they are shown. */
export async function sharesOf(em: EntityManager, workspaceId: Id, connectionId: Id) {
  const rows = await em.execute<ShareRow[]>(
    `select s.id, s.resource_id as "resourceId", s.access, s.expires_at as "expiresAt"
       from share s join installation i on i.workspace_id = s.workspace_id and i.id = s.installation_id
      where s.workspace_id = ? and i.connection_id = ? and s.revoked_at is null
        and (s.expires_at is null or s.expires_at > now()) order by s.granted_at, s.id`,
    [workspaceId, connectionId],
  );
  return rows.map(described);
}

const described = ({ id, resourceId, access, expiresAt }: ShareRow) => ({
  id,
  resourceId,
  access: shareNamesOf(access),
  expiresAt: expiresAt === null ? null : new Date(expiresAt),
});

function timeArgument(text: string): Date {
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/i.test(text)
    ? new Date(text)
    : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError(`Expected a time like 2027-01-31T12:00:00Z, but got: ${text.slice(0, 60)}`);
  }
  return time;
}
