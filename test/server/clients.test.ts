// Clients nobody changed for us, and the audits of the GraphQL over HTTP specification.

import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { serverAudits } from 'graphql-http';
import { GraphQLClient } from 'graphql-request';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Id } from '../../src/lib/id.js';
import { ListPagesDocument } from '../generated/operations.js';
import { type Asker, openWorld, type World } from '../world.js';

let world: World;
let reader: Asker;
let home: Id;
beforeAll(async () => {
  world = await openWorld();
  home = await world.page({ title: 'Home' });
  reader = await world.connection(['CONTENT_READ']);
  await world.share(reader, home);
});
afterAll(() => world[Symbol.asyncDispose]());

const headers = () => ({ authorization: `Bearer ${reader.token}` });
const url = () => `${world.url}/graphql`;

describe('GraphQL over HTTP', () => {
  const fetchWith =
    (more: Record<string, string>): typeof fetch =>
    (input, init) =>
      fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), ...headers(), ...more } });
  const outcomes = async (more: Record<string, string>) => {
    const audits = serverAudits({ url: url(), fetchFn: fetchWith(more) });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    return results.filter(({ status }) => status !== 'ok').map(({ status, name }) => `${status}: ${name}`);
  };

  test('every audit passes for a client that asks past the protection against forged requests', async () => {
    expect(await outcomes({ 'apollo-require-preflight': '1' })).toEqual([]);
  });

  test('without that header a GET is refused, as it should be, and nothing else', async () => {
    expect((await outcomes({})).sort()).toMatchSnapshot();
  });
});

describe('An unmodified client reads a shared page', () => {
  test('graphql-request', async () => {
    const data = await new GraphQLClient(url(), { headers: headers() }).request(ListPagesDocument, { first: 10 });
    expect(data.pages?.nodes.map((node) => node.title)).toEqual(['Home']);
  });

  test('Apollo Client', async () => {
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      link: new HttpLink({ uri: url(), headers: headers() }),
    });
    const { data } = await client.query({ query: ListPagesDocument, variables: { first: 10 } });
    expect(data?.pages?.nodes).toMatchObject([{ __typename: 'Page', id: home, title: 'Home' }]);
  });

  test('urql', async () => {
    const client = new Client({
      url: url(),
      exchanges: [fetchExchange],
      preferGetMethod: false,
      fetchOptions: { headers: headers() },
    });
    const { data, error } = await client.query(ListPagesDocument, { first: 10 }).toPromise();
    expect(error).toBeUndefined();
    expect(data?.pages?.totalCount).toBe(1);
  });

  test('and is told in its own way what it lacks', async () => {
    const client = new GraphQLClient(url(), { headers: headers() });
    await expect(client.request('{ users { totalCount } }')).rejects.toMatchObject({
      response: { errors: [{ extensions: { code: 'CAPABILITY_MISSING', needs: [['USER_READ']] } }] },
    });
  });
});
