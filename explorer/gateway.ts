// Talks to /graphql of the gateway these files came from, as whoever the token says.

import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';

/** Whom the gateway takes the token for. */
export interface Viewer {
  name: string;
  workspaceName: string;
  capabilities: readonly string[];
}

/** The gateway answered 401: it does not know the token, or not any more. */
export class UnknownToken extends Error {
  override name = 'UnknownToken';

  constructor() {
    super(
      'The gateway does not know this token: it is mistyped, was replaced or revoked. ' +
        'Check that you copied all of it. "bin/gatehouse token rotate" makes a new one and ends the old.',
    );
  }
}

/** Asks who `token` is. Throws `UnknownToken`, or an `Error` whose message can be shown. */
export async function viewerOf(token: string): Promise<Viewer> {
  const { data, errors } = await ask(token, {
    query: '{ viewer { capabilities workspace { name } connection { name } person { name } } }',
  });
  const viewer = data?.viewer as
    | {
        capabilities: string[];
        workspace: { name: string } | null;
        connection: { name: string } | null;
        person: { name: string } | null;
      }
    | null
    | undefined;
  if (!viewer) throw new Error(errors?.[0]?.message ?? 'The gateway gave no answer.');
  return {
    name: viewer.connection?.name ?? viewer.person?.name ?? 'Somebody',
    workspaceName: viewer.workspace?.name ?? '',
    capabilities: viewer.capabilities,
  };
}

/** A fetcher for GraphiQL that asks with `token`; `onUnknownToken` hears when it stops being valid. */
export function fetcherFor(token: string, onUnknownToken: (error: UnknownToken) => void): Fetcher {
  return async (params) => {
    try {
      return await ask(token, params);
    } catch (error) {
      if (error instanceof UnknownToken) onUnknownToken(error);
      throw error;
    }
  };
}

async function ask(token: string, params: FetcherParams): Promise<ExecutionResult> {
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UnknownToken(); // no header can carry it
  const response = await fetch('/graphql', {
    method: 'POST',
    // Only the token speaks for the asker, whatever cookies this origin has.
    credentials: 'omit',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(params),
  }).catch(() => {
    throw new Error('The gateway does not answer. Is it still running?');
  });
  if (response.status === 401) throw new UnknownToken();
  const text = await response.text();
  try {
    return JSON.parse(text) as ExecutionResult;
  } catch {
    throw new Error(`Expected JSON from the gateway, but got status ${response.status}: ${text.slice(0, 200)}`);
  }
}
