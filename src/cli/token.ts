// token rotate | revoke

import type { Command } from 'commander';
import { revokeToken, rotateToken } from '../connection/lifecycle.js';
import type { Id } from '../lib/id.js';
import { operatorAtConnection } from './find.js';
import { type CommonOptions, idArgument, inSession, type Terminal, withCommonOptions } from './shell.js';

type TokenOptions = CommonOptions & { connection: Id };

export function tokenCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const token = program.command('token').description('rotate and revoke tokens');

  withCommonOptions(
    token.command('rotate').description('give a connection a new token and end the old one; printed once'),
  )
    .requiredOption('--connection <id>', 'whose', idArgument)
    .action(async ({ connection, ...options }: TokenOptions) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const actor = await operatorAtConnection(store.em(), connection);
          const made = await rotateToken(store.callerFor(actor), connection);
          print({ token: made.token }, [`Token: ${made.token}`]);
        }),
      ),
    );

  withCommonOptions(token.command('revoke').description('end every live token of a connection'))
    .requiredOption('--connection <id>', 'whose', idArgument)
    .action(async ({ connection, ...options }: TokenOptions) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const actor = await operatorAtConnection(store.em(), connection);
          const { revoked } = await revokeToken(store.callerFor(actor), connection);
          print({ revoked }, [`Ended ${revoked} ${revoked === 1 ? 'token' : 'tokens'}`]);
        }),
      ),
    );
}
