// token rotate | revoke

import { type Command, InvalidArgumentError } from 'commander';
import { revokeToken, rotateToken } from '../connection/token.js';
import type { Id } from '../lib/id.js';
import { operatorAtConnection } from './find.js';
import { type CommonOptions, idArgument, inSession, type Terminal, withCommonOptions } from './shell.js';

type TokenOptions = CommonOptions & { connection: Id };
type RotateOptions = TokenOptions & { overlap?: number };

export function tokenCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const token = program.command('token').description('rotate and revoke tokens');

  withCommonOptions(
    token
      .command('rotate')
      .description('give a connection a new token, printed once; the one before works on for a while'),
  )
    .requiredOption('--connection <id>', 'whose', idArgument)
    .option('--overlap <hours>', 'how long the token before works on, 0 to 24 (default 24)', hoursArgument)
    .action(async ({ connection, overlap: overlapHours, ...options }: RotateOptions) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const actor = await operatorAtConnection(store.em(), connection);
          const made = await rotateToken(store.callerFor(actor), { connectionId: connection, overlapHours });
          const { token, previousValidUntil } = made;
          print({ token, previousValidUntil }, [
            `Token: ${token}`,
            ...(previousValidUntil ? [`The token before works until ${previousValidUntil.toISOString()}.`] : []),
          ]);
        }),
      ),
    );

  withCommonOptions(token.command('revoke').description('end every live token of a connection'))
    .requiredOption('--connection <id>', 'whose', idArgument)
    .action(async ({ connection, ...options }: TokenOptions) =>
      done(
        await inSession(terminal, options, async ({ store, print }) => {
          const actor = await operatorAtConnection(store.em(), connection);
          const { revoked } = await revokeToken(store.callerFor(actor), { connectionId: connection });
          print({ revoked }, [`Ended ${revoked} ${revoked === 1 ? 'token' : 'tokens'}`]);
        }),
      ),
    );
}

function hoursArgument(text: string): number {
  if (!/^\d{1,3}$/.test(text)) {
    throw new InvalidArgumentError(`Expected whole hours from 0 to 24, but got: ${text.slice(0, 60)}`);
  }
  return Number(text);
}
