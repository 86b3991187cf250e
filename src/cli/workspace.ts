// workspace create | list

import type { Command } from 'commander';
import { createWorkspace } from '../workspace/lifecycle.js';
import { type CommonOptions, inSession, type Terminal, withCommonOptions } from './shell.js';

export function workspaceCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const workspace = program.command('workspace').description('make and list workspaces');

  withCommonOptions(workspace.command('create <name>').description('make an empty workspace')).action(
    async (name: string, options: CommonOptions) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const made = await createWorkspace(store, { name });
          print({ workspace: { id: made.id, name: made.name } }, [`Workspace ${made.name}: ${made.id}`]);
        }),
      ),
  );

  withCommonOptions(workspace.command('list').description('list all workspaces')).action(
    async (options: CommonOptions) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const workspaces = await store
            .em()
            .execute<{ id: string; name: string }[]>('select id, name from workspace order by created_at, id');
          print(
            { workspaces },
            workspaces.map(({ id, name }) => `${id}  ${name}`),
          );
        }),
      ),
  );
}
