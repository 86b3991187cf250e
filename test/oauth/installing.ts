// A developer's program and a person's browser, as far as the tests of OAuth need them.

import { createHash, randomBytes } from 'node:crypto';
import type { Id } from '../../src/lib/id.js';
import { mutate, signedIn } from '../asking.js';
import { credentialsOf, type SignedIn, type World } from '../world.js';

export const CALLBACK = 'https://app.example.org/callback';

export interface Client {
  id: Id;
  secret: string;
}

/** A public connection of this world, and what its client proves itself by. */
export async function publicConnection(
  world: World,
  {
    capabilities = ['CONTENT_READ'],
    name = 'Partner',
    redirectUris = [CALLBACK],
    ...settings
  }: { capabilities?: string[]; name?: string; redirectUris?: string[] } & Record<string, unknown> = {},
): Promise<Client> {
  const owner = signedIn(world, await world.person({ role: 'OWNER' }), 'OWNER');
  const done = async (mutation: string, input: Record<string, unknown>, answers?: string) => {
    const payload = await mutate(world, owner, mutation, input, answers);
    if (payload.userErrors.length > 0) throw new Error(JSON.stringify(payload.userErrors));
    return payload;
  };
  const { connection } = await done('createConnection', { name, capabilities }, 'connection { id }');
  await done('updateConnection', {
    id: connection.id,
    company: 'Partner Ltd',
    websiteUrl: 'https://partner.example',
    privacyUrl: 'https://partner.example/privacy',
    termsUrl: 'https://partner.example/terms',
    installationScope: 'ANY',
    ...settings,
  });
  await done('updateRedirectUris', { connectionId: connection.id, redirectUris });
  const { clientId, clientSecret } = await done('publishConnection', { id: connection.id }, 'clientId clientSecret');
  return { id: clientId, secret: clientSecret };
}

export interface Pkce {
  verifier: string;
  challenge: string;
}

export function pkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** The query string a client sends somebody with; a parameter that is `null` is left out. */
export const askingFor = (client: Client, challenge: string, change: Record<string, string | null> = {}): string => {
  const parameters: Record<string, string | null> = {
    client_id: client.id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'state',
    ...change,
  };
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== null);
  return `?${new URLSearchParams(given)}`;
};

export interface Seen {
  status: number;
  headers: Headers;
  text: string;
  /** Where it sends the browser. */
  location: string | null;
  /** Of the form in the page. */
  consent: string | null;
}

/** What her browser gets to see at /oauth/authorize, with her cookie. */
export async function visit(
  world: World,
  person: SignedIn | null,
  search: string,
  form?: URLSearchParams,
  headers: Record<string, string> = {},
): Promise<Seen> {
  const response = await fetch(`${world.url}/oauth/authorize${search}`, {
    redirect: 'manual',
    method: form ? 'POST' : 'GET',
    headers: {
      ...(person && { cookie: credentialsOf(person).cookie as string }),
      ...(form && { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }),
      ...headers,
    },
    ...(form && { body: form.toString() }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    location: response.headers.get('location'),
    consent: text.match(/name="consent" value="([^"]*)"/)?.[1] ?? null,
  };
}

/** She opens the page, chooses pages and presses a button; it answers where that sends her. */
export async function consent(
  world: World,
  person: SignedIn,
  search: string,
  {
    pages = [],
    press = 'allow',
    workspaceId = world.workspaceId,
  }: { pages?: Id[]; press?: string; workspaceId?: Id } = {},
): Promise<URL> {
  const shown = await visit(world, person, search);
  const form = new URLSearchParams([
    ['consent', shown.consent ?? ''],
    ['workspace', workspaceId],
    ['do', press],
    ...pages.map((page): [string, string] => ['page', page]),
  ]);
  const { location, status, text } = await visit(world, person, search, form);
  if (location === null) throw new Error(`The consent page answered ${status}: ${text}`);
  return new URL(location);
}

/** The whole way to a code. */
export async function codeFor(
  world: World,
  client: Client,
  person: SignedIn,
  options: { pages?: Id[]; workspaceId?: Id } = {},
): Promise<{ code: string; verifier: string }> {
  const { verifier, challenge } = pkce();
  const back = await consent(world, person, askingFor(client, challenge), options);
  return { code: back.searchParams.get('code') as string, verifier };
}

export interface Told {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever an endpoint answers
  body: any;
}

/** A client asks an endpoint, with its id and secret in the body. */
export const tell = (
  world: World,
  client: Client | null,
  path: string,
  parameters: Record<string, string>,
  init: RequestInit = {},
): Promise<Told> =>
  sendTo(world, path, {
    body: new URLSearchParams({
      ...(client && { client_id: client.id, client_secret: client.secret }),
      ...parameters,
    }),
    ...init,
  });

export async function sendTo(world: World, path: string, init: RequestInit): Promise<Told> {
  const response = await fetch(`${world.url}${path}`, { method: 'POST', ...init });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export const redeem = (
  world: World,
  client: Client,
  { code, verifier }: { code: string; verifier: string },
  change: Record<string, string> = {},
): Promise<Told> =>
  tell(world, client, '/oauth/token', {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: CALLBACK,
    ...change,
  });

export const refresh = (world: World, client: Client, refreshToken: string): Promise<Told> =>
  tell(world, client, '/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken });

/** The whole way to tokens. */
export async function install(
  world: World,
  client: Client,
  person: SignedIn,
  options: { pages?: Id[]; workspaceId?: Id } = {},
  // biome-ignore lint/suspicious/noExplicitAny: the token answer
): Promise<any> {
  const { status, body } = await redeem(world, client, await codeFor(world, client, person, options));
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}
