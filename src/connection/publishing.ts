// From an internal connection to a public one. There is no way back.

import { requireAdministrator, requireFreshSignIn, requireVersion } from '../gate/ask.js';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { type Caller, commit, type KeyHolder } from '../unit-of-work.js';
import { issueClientSecret } from './client-secret.js';
import type { Connection } from './connection.js';
import { lockConnection } from './lifecycle.js';
import { checklistOf } from './public-settings.js';
import { requireRedirectUris } from './redirect-uri.js';

/** A public connection, and what its client proves itself by: shown here and never again. */
export interface PublishedConnection {
  connection: Connection;
  clientId: string;
  clientSecret: string;
}

/** Makes a connection public: other workspaces can install it from now on. Its own installation and that one's token
 *  stay as they are. Refused: who may not administer, a sign-in older than ten minutes, one that is public already or
 *  does not work, and while anything of its checklist is open. */
export function publishConnection(caller: KeyHolder, { id }: { id: Id }): Promise<PublishedConnection> {
  const { actor, keys } = caller;
  requireAdministrator(actor, 'publish connections');
  requireFreshSignIn(actor, 'publish a connection');
  return commit(caller, async (unit) => {
    const connection = await lockConnection(unit, id);
    if (connection.kind === 'PUBLIC') throw new Refusal('INVALID_STATE', 'This connection is public already.');
    if (connection.status !== 'ACTIVE') {
      throw new Refusal('INVALID_STATE', 'This connection is suspended. Resume it before it is published.');
    }
    const open = checklistOf(connection).filter(({ done }) => !done);
    if (open.length > 0) {
      throw new Refusal(
        'INVALID_STATE',
        `Before it can be published, it needs: ${open.map(({ sentence }) => sentence).join(' ')}`,
      );
    }
    connection.kind = 'PUBLIC';
    connection.publishedAt = new Date();
    await unit.em.flush();
    const clientSecret = await issueClientSecret(unit, keys, id);
    const { company, installationScope, redirectUris, capabilities } = connection;
    unit.audit({
      action: 'connection.published',
      targetId: id,
      after: { company, installationScope, redirectUris, capabilities, lastFour: clientSecret.slice(-4) },
    });
    return { connection, clientId: id, clientSecret };
  });
}

/** Says where the connection's clients may be sent back to, in place of what was said before. Codes on their way to an
 *  address that is not among them any more are not redeemed. Refused: who may not administer, another version than
 *  expected, an unusable address, none at all once the connection is public. */
export function updateRedirectUris(
  caller: Caller,
  input: { connectionId: Id; redirectUris: readonly string[]; expectedVersion?: number | null },
): Promise<Connection> {
  requireAdministrator(caller.actor, 'change redirect URIs');
  const redirectUris = requireRedirectUris(input.redirectUris);
  return commit(caller, async (unit) => {
    const connection = await lockConnection(unit, input.connectionId);
    requireVersion(connection.version, input.expectedVersion);
    if (redirectUris.length === 0 && connection.publishedAt !== null) {
      throw new Refusal('INVALID', 'A public connection needs at least one redirect URI.', { path: ['redirectUris'] });
    }
    unit.audit({
      action: 'redirect_uris.updated',
      targetId: connection.id,
      before: { redirectUris: connection.redirectUris },
      after: { redirectUris },
    });
    connection.redirectUris = redirectUris;
    return connection;
  });
}
