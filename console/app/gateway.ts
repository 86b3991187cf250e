// How the console asks: GraphQL like everybody, by the cookie of a session and the token that shows that a page of this
// gateway sent the request. One client for each workspace, so that nothing of one is ever shown in another.

import { cacheExchange } from '@urql/exchange-graphcache';
import { Client, CombinedError, fetchExchange, mapExchange } from 'urql';

/** The token of the session; empty when nobody is signed in. Its cookie has another name on https. */
const csrfToken = (): string => /(?:^|; )(?:__Host-)?gatehouse-csrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';

/** Where to sign in, and come back to this very page. */
export const signInAddress = (): string => `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;

/** Asks in `workspaceId`, or with `null` in the workspace that was last used. Goes to the page for signing in when there is
 *  no session any more. */
export function gatewayFor(workspaceId: string | null): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    exchanges: [
      mapExchange({
        onError(error) {
          if (error.response?.status === 401 || (error.response?.status === 403 && csrfToken() === '')) {
            location.assign(signInAddress());
          }
        },
      }),
      cacheExchange({ keys: NOT_BY_ID }), // what is asked for without its id is kept apart from the same thing elsewhere: always ask for it
      fetchExchange,
    ],
    fetchOptions: () => ({
      credentials: 'same-origin',
      headers: {
        accept: 'application/graphql-response+json, application/json',
        'x-csrf-token': csrfToken(),
        ...(workspaceId !== null && { 'gatehouse-workspace': workspaceId }),
      },
    }),
  });
}

/** Values and columns have ids of their own table only: they live inside the page or data source they belong to. */
const TYPES_OF_PROPERTIES =
  'Button Checkbox CreatedBy CreatedTime Date Email Files Formula LastEditedBy LastEditedTime MultiSelect Number People Phone ' +
  'Place Plain Relation Rollup Select Status Text Title UniqueId Url Verification';
const NOT_BY_ID = Object.fromEntries(
  TYPES_OF_PROPERTIES.split(' ').flatMap((type) =>
    [`${type}Value`, `${type}Property`].map((name) => [name, () => null]),
  ),
);

/** What went wrong, in the server's words where it said something. */
export function wordsOf(error: unknown): string {
  if (error instanceof CombinedError) {
    if (error.networkError && error.response === undefined) {
      return 'The gateway does not answer. Is it still running?';
    }
    const told = error.graphQLErrors.map(({ message }) => message);
    return told.length > 0 ? told.join(' ') : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
