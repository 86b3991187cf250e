// person create | link

import { type Command, Option } from 'commander';
import { operatorOf, WORKSPACE_ROLES, type WorkspaceRole } from '../gate/actor.js';
import { createPerson } from '../people/lifecycle.js';
import { createSignInLink } from '../people/sign-in-link.js';
import { findWorkspace } from './find.js';
import { type CommonOptions, inSession, type Terminal, withCommonOptions } from './shell.js';

interface CreateOptions extends CommonOptions {
  workspace: string;
  name: string;
  email: string;
  role: WorkspaceRole;
}

export function personCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const person = program.command('person').description('add people to workspaces');
  withCommonOptions(person.command('create').description('add a person to a workspace'))
    .requiredOption('--workspace <id|name>', 'the workspace')
    .requiredOption('--name <name>', 'her name')
    .requiredOption('--email <address>', 'her e-mail address')
    .addOption(new Option('--role <role>', 'her role').choices([...WORKSPACE_ROLES]).default('MEMBER'))
    .action(async ({ workspace, name, email, role, ...options }: CreateOptions) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const { id } = await findWorkspace(store.em(), workspace);
          const made = await createPerson(store.callerFor(operatorOf(id)), { name, email, role });
          print({ person: made }, [`${made.name} (${made.role}): ${made.id}`]);
        }),
      ),
    );

  withCommonOptions(
    person.command('link <e-mail>').description('print a link with which she signs in once and sets a password'),
  ).action(async (email: string, options: CommonOptions) =>
    done(
      await inSession(terminal, options, async ({ store, configuration, print }) => {
        const { person: whom, path, expiresAt } = await createSignInLink(store, email);
        const url = configuration.publicUrl + path;
        print({ person: whom, link: { url, expiresAt } }, [
          `${whom.name} signs in once with this, before ${expiresAt.toISOString()}, and sets a password:`,
          `  ${url}`,
        ]);
      }),
    ),
  );
}
