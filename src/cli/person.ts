// person create | link | list | update | remove

import type { EntityManager } from '@mikro-orm/postgresql';
import { type Command, Option } from 'commander';
import { operatorOf, WORKSPACE_ROLES, type WorkspaceRole } from '../gate/actor.js';
import { type Id, parseId } from '../lib/id.js';
import { notFound } from '../lib/refusal.js';
import { createPerson } from '../people/lifecycle.js';
import { removeMember, updateMember } from '../people/member-lifecycle.js';
import { createSignInLink } from '../people/sign-in-link.js';
import { findWorkspace } from './find.js';
import { type CommonOptions, inSession, type Terminal, withCommonOptions } from './shell.js';

type InWorkspace = CommonOptions & { workspace: string };

interface CreateOptions extends InWorkspace {
  name: string;
  email: string;
  role: WorkspaceRole;
}

interface PersonRow {
  id: Id;
  name: string;
  email: string;
  role: WorkspaceRole;
}

export function personCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const person = program.command('person').description('add people to workspaces, change their roles, remove them');
  const inWorkspace = (command: Command): Command =>
    withCommonOptions(command).requiredOption('--workspace <id|name>', 'the workspace');

  inWorkspace(person.command('create').description('add a person to a workspace'))
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
  inWorkspace(person.command('list').description('list the people of a workspace')).action(
    async ({ workspace, ...options }: InWorkspace) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const { id } = await findWorkspace(store.em(), workspace);
          const people = await peopleOf(store.em(), id);
          print(
            { people },
            people.map((one) => `${one.id}  ${one.role.padEnd(6)}  ${one.name}  <${one.email}>`),
          );
        }),
      ),
  );

  inWorkspace(person.command('update <id|e-mail>').description('give a person another role'))
    .addOption(new Option('--role <role>', 'her new role').choices([...WORKSPACE_ROLES]).makeOptionMandatory())
    .action(async (who: string, { workspace, role, ...options }: InWorkspace & { role: WorkspaceRole }) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const { id } = await findWorkspace(store.em(), workspace);
          const { id: personId, name, email } = await findPerson(store.em(), id, who);
          await updateMember(store.callerFor(operatorOf(id)), { personId, role });
          print({ person: { id: personId, name, email, role } }, [`${name} (${role}): ${personId}`]);
        }),
      ),
    );

  inWorkspace(
    person
      .command('remove <id|e-mail>')
      .description('end a membership, with her personal tokens, shares to her and what she installed'),
  ).action(async (who: string, { workspace, ...options }: InWorkspace) =>
    done(
      await inSession(terminal, options, async ({ store, print }) => {
        const { id } = await findWorkspace(store.em(), workspace);
        const found = await findPerson(store.em(), id, who);
        await removeMember(store.callerFor(operatorOf(id)), { personId: found.id });
        print({ person: found }, [`Removed ${found.name}: ${found.id}`]);
      }),
    ),
  );
}

const peopleOf = (em: EntityManager, workspaceId: Id): Promise<PersonRow[]> =>
  em.execute(
    `select p.id, p.name, p.email, m.role from membership m join person p on p.id = m.person_id
      where m.workspace_id = ? and m.ended_at is null order by m.created_at, p.id`,
    [workspaceId],
  );

/** Somebody of the workspace, by id or e-mail address. */
async function findPerson(em: EntityManager, workspaceId: Id, idOrEmail: string): Promise<PersonRow> {
  const email = idOrEmail.trim().toLowerCase();
  const found = (await peopleOf(em, workspaceId)).find(
    (one) => one.id === parseId(idOrEmail) || one.email.toLowerCase() === email,
  );
  if (!found) throw notFound(`The person "${idOrEmail}"`);
  return found;
}
