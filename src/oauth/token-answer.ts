// What a client is told with its tokens, by the names of the reference product.

import type { EntityManager } from '@mikro-orm/postgresql';
import { type Bits, bitsOf } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import type { TokenPair } from './client-token.js';

export interface TokenAnswer {
  access_token: string;
  token_type: 'bearer';
  refresh_token: string;
  /** Seconds. */
  expires_in: number;
  bot_id: Id;
  workspace_id: Id;
  workspace_name: string;
  workspace_icon: string | null;
  owner: { type: 'user'; user: Record<string, unknown> };
  duplicated_template_id: null;
  request_id: string;
}

/** The answer to a token request; `null` for an installation that has ended meanwhile. About the person it says what the
 *  connection may know of people. */
export async function tokenAnswer(
  em: EntityManager,
  { workspaceId, installationId }: { workspaceId: Id; installationId: Id },
  { accessToken, refreshToken, expiresIn }: TokenPair & { expiresIn: number },
  requestId: string,
): Promise<TokenAnswer> {
  const [row] = await em.execute<
    {
      botId: Id;
      workspaceName: string;
      personId: Id;
      name: string;
      email: string;
      avatarUrl: string | null;
      capabilities: Bits;
    }[]
  >(
    `select i.bot_id as "botId", w.name as "workspaceName", p.id as "personId", p.name, p.email,
            p.avatar_url as "avatarUrl", coalesce(g.capabilities, 0) as capabilities
       from installation i
       join workspace w on w.id = i.workspace_id
       join person p on p.id = i.installed_by
       left join capability_grant g
         on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
      where i.workspace_id = ? and i.id = ?`,
    [workspaceId, installationId],
  );
  invariant(row, 'Tokens were given for no installation.');
  const may = (capability: 'USER_READ' | 'USER_READ_EMAIL') => (row.capabilities & bitsOf([capability])) !== 0;
  return {
    access_token: accessToken,
    token_type: 'bearer',
    refresh_token: refreshToken,
    expires_in: expiresIn,
    bot_id: row.botId,
    workspace_id: workspaceId,
    workspace_name: row.workspaceName,
    workspace_icon: null,
    owner: {
      type: 'user',
      user: {
        object: 'user',
        id: row.personId,
        ...(may('USER_READ') && {
          type: 'person',
          name: row.name,
          avatar_url: row.avatarUrl,
          person: may('USER_READ_EMAIL') ? { email: row.email } : {},
        }),
      },
    },
    duplicated_template_id: null,
    request_id: requestId,
  };
}
