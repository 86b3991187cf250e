// share grant | update | revoke | list

import type { EntityManager } from '@mikro-orm/postgresql';
import { type Command, InvalidArgumentError } from 'commander';
import { type Actor, operatorOf } from '../gate/actor.js';
import { SHARE_ACCESS, type ShareAccess, shareNamesOf } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { invalid, notFound } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import { grantShare, revokeShare, updateShare } from '../share/lifecycle.js';
import type { Share } from '../share/share.js';
import { accessTo, sharesAbove } from '../share/shares.js';
import type { Store } from '../store/store.js';
import { operatorAtConnection, operatorAtPerson, operatorAtResource } from './find.js';
import { type CommonOptions, idArgument, inSession, namesArgument, type Terminal, withCommonOptions } from './shell.js';

interface WhereOptions extends CommonOptions {
  workspace?: string;
}

interface GrantOptions extends WhereOptions {
  connection?: Id;
  person?: Id;
  resource: Id;
  access?: ShareAccess[];
  expires?: Date;
}

interface UpdateOptions extends CommonOptions {
  access?: ShareAccess[];
  expires?: Date | 'never';
}

interface ListOptions extends WhereOptions {
  connection?: Id;
  resource?: Id;
}

const WORKSPACE = 'the workspace, where the person or the resource is in several';

export function shareCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const share = program.command('share').description('open pages and databases to connections and guests');

  withCommonOptions(
    share.command('grant').description('share a page, database or data source, and everything below it'),
  )
    .option('--connection <id>', 'who gets it: a connection', idArgument)
    .option('--person <id>', 'who gets it: a guest', idArgument)
    .requiredOption('--resource <id>', 'what is shared', idArgument)
    .option('--workspace <id|name>', WORKSPACE)
    .option(
      '--access <list>',
      `what it opens, comma-separated: ${SHARE_ACCESS.join(', ')} (default: all)`,
      namesArgument(SHARE_ACCESS, 'access'),
    )
    .option('--expires <time>', 'when it ends, like 2027-01-31T12:00:00Z', timeArgument)
    .action(async ({ connection, person, resource, workspace, access, expires, ...options }: GrantOptions) => {
      requireOne('--connection and --person', connection, person);
      const code = await inSession(terminal, options, async ({ store, print }) => {
        const actor = connection
          ? await operatorAtConnection(store.em(), connection)
          : await operatorAtPerson(store.em(), person as Id, workspace);
        const made = await grantShare(store.callerFor(actor), {
          connectionId: connection,
          personId: person,
          resourceId: resource,
          access,
          expiresAt: expires,
        });
        const shown = described(made.share);
        print({ share: shown }, [`Share ${shown.id}: ${shown.resourceId} ${shown.access.join(',')}`]);
      });
      done(code);
    });

  withCommonOptions(
    share
      .command('update')
      .argument('<id>', 'id of the share', idArgument)
      .description('change what a share opens, or when it ends'),
  )
    .option(
      '--access <list>',
      `what it opens from now on, comma-separated: ${SHARE_ACCESS.join(', ')}`,
      namesArgument(SHARE_ACCESS, 'access'),
    )
    .option('--expires <time>', 'when it ends, like 2027-01-31T12:00:00Z, or "never"', (text) =>
      text === 'never' ? text : timeArgument(text),
    )
    .action(async (id: Id, { access, expires, ...options }: UpdateOptions) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const actor = await operatorAtShare(store.em(), id);
          const changed = await updateShare(store.callerFor(actor), {
            id,
            access,
            expiresAt: expires === 'never' ? null : expires,
          });
          const shown = described(changed.share);
          const above = await stillOpening(store, actor, changed.share);
          print({ share: shown, stillOpenedBy: above }, [
            `Share ${shown.id}: ${shown.resourceId} ${shown.access.join(',')}`,
            ...above.map(asLineAbove),
          ]);
        }),
      ),
    );

  withCommonOptions(
    share.command('revoke').argument('<id>', 'id of the share', idArgument).description('end a share'),
  ).action(async (id: Id, options: CommonOptions) =>
    done(
      await inSession(terminal, options, async ({ store, print }) => {
        const actor = await operatorAtShare(store.em(), id);
        const ended = await revokeShare(store.callerFor(actor), { id });
        const above = await stillOpening(store, actor, ended.share);
        print({ share: described(ended.share), stillOpenedBy: above }, [
          `Ended share ${id}`,
          ...above.map(asLineAbove),
        ]);
      }),
    ),
  );

  withCommonOptions(
    share.command('list').description('list the live shares of a connection, or those that open a page to anybody'),
  )
    .option('--connection <id>', 'a connection: what is shared with it', idArgument)
    .option('--resource <id>', 'a page, database or data source: whom it is open to, inherited or not', idArgument)
    .option('--workspace <id|name>', WORKSPACE)
    .action(async ({ connection, resource, workspace, ...options }: ListOptions) => {
      requireOne('--connection and --resource', connection, resource);
      const code = await inSession(terminal, options, async ({ store, print }) => {
        if (connection) {
          const { workspaceId } = await operatorAtConnection(store.em(), connection);
          const shares = await sharesOf(store.em(), workspaceId, connection);
          print({ shares }, shares.map(asLine));
          return;
        }
        const shares = await sharesOpening(
          store,
          await operatorAtResource(store.em(), resource as Id, workspace),
          resource as Id,
        );
        print(
          { shares },
          shares.map((row) => {
            const origin = row.inherited ? `inherited from ${row.resourceId}` : 'direct';
            const left = row.effective.join(',') || 'nothing';
            return `${asLine(row)}  ${row.grantee.name}  ${origin}  ${left} in effect`;
          }),
        );
      });
      done(code);
    });
}

/** The live shares of a connection, as they are shown. */
export async function sharesOf(em: EntityManager, workspaceId: Id, connectionId: Id) {
  const rows = await em.execute<(Omit<Share, 'access'> & { access: number })[]>(
    `select s.id, s.resource_id as "resourceId", s.access, s.expires_at as "expiresAt"
       from share s join installation i on i.workspace_id = s.workspace_id and i.id = s.installation_id
      where s.workspace_id = ? and i.connection_id = ? and s.revoked_at is null
        and (s.expires_at is null or s.expires_at > now()) order by s.id`,
    [workspaceId, connectionId],
  );
  return rows.map(({ access, ...row }) => described({ ...row, access: shareNamesOf(access) }));
}

/** All of them: nobody pages through the output of a command. */
const EVERYTHING = { limit: 1_000_000, backwards: false, from: null };

/** Every live share that opens a resource, with who holds it and what is left of it for them. */
async function sharesOpening(store: Store, actor: Actor, resourceId: Id) {
  const reader = store.reader();
  const found = (await accessTo(EVERYTHING).load({ actor, reader }, [resourceId])).get(resourceId) ?? [];
  const granteeIds = found.map(({ row }) => row.granteeId);
  const grantees = await reader.rows(sql<{
    id: Id;
    grantee: { connectionId: Id; name: string } | { personId: Id; name: string };
  }>`
    select i.bot_id as id, jsonb_build_object('connectionId', c.id, 'name', c.name) as grantee
      from installation i join connection c on c.id = i.connection_id
     where i.workspace_id = ${actor.workspaceId} and i.bot_id = any(${granteeIds}::uuid[])
    union all
    select id, jsonb_build_object('personId', id, 'name', name) from person where id = any(${granteeIds}::uuid[])`);
  const known = new Map(grantees.map(({ id, grantee }) => [id, grantee]));
  return found.flatMap(({ row: { granteeId, effective, shares } }) => {
    const grantee = known.get(granteeId);
    invariant(grantee, 'A share is held by nobody.');
    return shares.map((share) => ({
      ...described(share),
      grantee,
      inherited: share.resourceId !== resourceId,
      effective,
    }));
  });
}

/** The shares further up that leave open what this one opened. */
async function stillOpening(store: Store, actor: Actor, share: Share) {
  const above = await sharesAbove.load({ actor, reader: store.reader() }, [share]);
  return (above.get(share) ?? []).map(described);
}

async function operatorAtShare(em: EntityManager, id: Id): Promise<Actor> {
  const [row] = await em.execute<{ workspaceId: Id }[]>(
    `select s.workspace_id as "workspaceId" from share s join workspace w on w.id = s.workspace_id
      where s.id = ? and w.deleted_at is null limit 1`,
    [id],
  );
  if (!row) throw notFound('The share');
  return operatorOf(row.workspaceId);
}

type Shown = ReturnType<typeof described>;

const described = ({
  id,
  resourceId,
  access,
  expiresAt,
}: Pick<Share, 'id' | 'resourceId' | 'access' | 'expiresAt'>) => ({
  id,
  resourceId,
  access,
  expiresAt: expiresAt === null ? null : new Date(expiresAt),
});

const asLine = ({ id, resourceId, access, expiresAt }: Shown): string =>
  `${id}  ${resourceId}  ${access.join(',')}  ${expiresAt?.toISOString() ?? 'for good'}`;

const asLineAbove = ({ id, resourceId, access }: Shown): string =>
  `Still open by share ${id}: ${resourceId} ${access.join(',')}`;

function requireOne(names: string, ...given: unknown[]): void {
  const count = given.filter((one) => one !== undefined).length;
  if (count !== 1) throw invalid(`Give exactly one of ${names}, but got: ${count}`);
}

function timeArgument(text: string): Date {
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/i.test(text)
    ? new Date(text)
    : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError(`Expected a time like 2027-01-31T12:00:00Z, but got: ${text.slice(0, 60)}`);
  }
  return time;
}
