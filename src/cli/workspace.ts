// workspace create | list | delete | restore

import type { Command } from 'commander';
import { operatorOf } from '../gate/actor.js';
import { type Id, parseId } from '../lib/id.js';
import { invalid, notFound } from '../lib/refusal.js';
import { createWorkspace, deleteWorkspace, restoreWorkspace, TOMBSTONE_DAYS } from '../workspace/lifecycle.js';
import { findWorkspace } from './find.js';
import { type CommonOptions, inSession, type Session, type Terminal, withCommonOptions } from './shell.js';

interface DeletedWorkspace {
  id: Id;
  name: string;
  restorableUntil: string;
}

export function workspaceCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const workspace = program.command('workspace').description('make, list, delete and restore workspaces');

  withCommonOptions(workspace.command('create <name>').description('make an empty workspace')).action(
    async (name: string, options: CommonOptions) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const made = await createWorkspace(store, { name });
          print({ workspace: { id: made.id, name: made.name } }, [`Workspace ${made.name}: ${made.id}`]);
        }),
      ),
  );

  withCommonOptions(workspace.command('list').description('list all workspaces'))
    .option('--deleted', 'those that were deleted and can still be restored, in place of the others')
    .action(async ({ deleted, ...options }: CommonOptions & { deleted?: boolean }) =>
      done(
        await inSession(terminal, options, async (session) => {
          if (deleted) {
            const workspaces = await deletedWorkspaces(session);
            const lines = workspaces.map(({ id, name, restorableUntil }) => `${id}  ${name}  until ${restorableUntil}`);
            session.print({ workspaces }, lines);
          } else {
            const workspaces = await liveWorkspaces(session);
            const lines = workspaces.map(({ id, name }) => `${id}  ${name}`);
            session.print({ workspaces }, lines);
          }
        }),
      ),
    );

  withCommonOptions(
    workspace
      .command('delete <id|name>')
      .description(
        `delete a workspace: nobody and no token finds it any more. It can be restored for ${TOMBSTONE_DAYS} days`,
      ),
  )
    .requiredOption('--confirm <name>', 'its name once more')
    .action(async (idOrName: string, { confirm, ...options }: CommonOptions & { confirm: string }) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const { id, name } = await findWorkspace(store.em(), idOrName);
          const { restorableUntil } = await deleteWorkspace(store.callerFor(operatorOf(id)), { name: confirm });
          print({ workspace: { id, name }, restorableUntil }, [
            `Deleted ${name}: ${id}`,
            `Until ${restorableUntil.toISOString()} it comes back with: gatehouse workspace restore ${id}`,
          ]);
        }),
      ),
    );

  withCommonOptions(
    workspace.command('restore <id|name>').description('take back that a workspace was deleted'),
  ).action(async (idOrName: string, options: CommonOptions) =>
    done(
      await inSession(terminal, options, async (session) => {
        const found = (await deletedWorkspaces(session)).filter(
          ({ id, name }) => id === parseId(idOrName) || name === idOrName,
        );
        const [one, other] = found;
        if (!one) throw notFound(`The deleted workspace "${idOrName}"`);
        if (other) {
          throw invalid(
            `${found.length} deleted workspaces are called "${idOrName}". Give the id of one: ${found.map(({ id }) => id).join(', ')}`,
          );
        }
        const restored = await restoreWorkspace(session.store.callerFor(operatorOf(one.id)));
        session.print({ workspace: restored }, [`Restored ${restored.name}: ${restored.id}`]);
      }),
    ),
  );
}

const liveWorkspaces = ({ store }: Session): Promise<{ id: Id; name: string }[]> =>
  store.em().execute('select id, name from workspace where deleted_at is null order by created_at, id');

async function deletedWorkspaces({ store }: Session): Promise<DeletedWorkspace[]> {
  const rows = await store.em().execute<DeletedWorkspace[]>(
    `select id, name, deleted_at + make_interval(days => ?) as "restorableUntil" from workspace
      where deleted_at > now() - make_interval(days => ?) order by deleted_at, id`,
    [TOMBSTONE_DAYS, TOMBSTONE_DAYS],
  );
  return rows.map((row) => ({ ...row, restorableUntil: new Date(row.restorableUntil).toISOString() }));
}
