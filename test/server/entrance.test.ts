// Where a request comes from, and what that is believed to be.

import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../src/server/configuration.js';
import { Entrance, parseTrustProxy } from '../../src/server/entrance.js';

const requestFrom = (remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage =>
  ({ socket: { remoteAddress }, headers: { host: 'localhost:4000', ...headers } }) as unknown as IncomingMessage;
const entrance = (publicUrl: string, trust?: string): Entrance =>
  new Entrance({ publicUrl: () => publicUrl, trustProxy: trust === undefined ? undefined : parseTrustProxy(trust)! });
const addressOf = (trust: string | undefined, remote: string, forwarded?: string): string =>
  entrance('https://gatehouse.example.org', trust).addressOf(
    requestFrom(remote, forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
  );

describe('The address of a request', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['2001:db8::1', '2001:db8::1'],
  ])('is that of the socket: %s', (remote, address) => {
    expect(addressOf(undefined, remote)).toBe(address);
    expect(addressOf('0', remote)).toBe(address);
  });

  test('is that of the socket, whatever a header says, while no proxy is trusted', () => {
    expect(addressOf(undefined, '10.0.0.1', '192.0.2.1')).toBe('10.0.0.1');
    expect(addressOf('0', '10.0.0.1', '192.0.2.1')).toBe('10.0.0.1');
  });

  test.each([
    ['1', '192.0.2.1', '192.0.2.1'],
    ['1', '198.51.100.66, 192.0.2.1', '192.0.2.1'], // the first one is the client's own word
    ['2', '192.0.2.1, 10.0.0.2', '192.0.2.1'],
    ['2', '198.51.100.66, 192.0.2.1, 10.0.0.2', '192.0.2.1'],
    ['3', '192.0.2.1', '192.0.2.1'], // fewer proxies than that
    ['10.0.0.0/8', '192.0.2.1', '192.0.2.1'],
    ['10.0.0.0/8', '198.51.100.66, 192.0.2.1, 10.0.0.2, 10.0.0.3', '192.0.2.1'],
    ['10.0.0.1,10.0.0.2', '192.0.2.1, 10.0.0.3', '10.0.0.3'],
    ['10.0.0.1', '2001:DB8::0:1', '2001:db8::1'],
    ['10.0.0.1', '[2001:db8::1]:443', '2001:db8::1'],
    ['10.0.0.1', '192.0.2.1:56789', '192.0.2.1'],
    ['10.0.0.1', '::ffff:192.0.2.1', '192.0.2.1'],
  ])('is what trusted proxies (%s) say: %s', (trust, forwarded, address) => {
    expect(addressOf(trust, '10.0.0.1', forwarded)).toBe(address);
    expect(addressOf(trust, '::ffff:10.0.0.1', forwarded)).toBe(address);
  });

  test.each(['', 'unknown', 'localhost', '_hidden', '192.0.2.1, ', '0x7f.1', '2130706433', '"><script>'])(
    'is that of the proxy when what it passes on is no address: %j',
    (forwarded) => {
      expect(addressOf('10.0.0.0/8', '10.0.0.1', forwarded)).toBe('10.0.0.1');
    },
  );

  test('is that of the socket when another than the proxy sends the header', () => {
    expect(addressOf('10.0.0.0/8', '172.16.0.9', '192.0.2.1')).toBe('172.16.0.9');
    expect(addressOf('10.0.0.1', '2001:db8::9', '192.0.2.1')).toBe('2001:db8::9');
  });
});

describe('GATEHOUSE_TRUST_PROXY', () => {
  const read = (value: string) =>
    readConfiguration({ environment: { GATEHOUSE_TRUST_PROXY: value }, directory: '/nowhere' }).trustProxy;

  test('is a number of proxies, or where they are', () => {
    expect(read('2')).toEqual({ hops: 2 });
    expect((read('127.0.0.1, 10.0.0.0/8, ::1,2001:db8::/32') as { ranges: unknown[] }).ranges).toHaveLength(4);
    expect(readConfiguration({ environment: {}, directory: '/nowhere' }).trustProxy).toBeUndefined();
  });

  test.each(['yes', '-1', '1.5', '10.0.0.0/33', '10.0.0.1,', '10.0.0.1 10.0.0.2', 'proxy.internal', '10.1'])(
    'is refused when it is %s',
    (value) => {
      expect(() => read(value)).toThrow(/^GATEHOUSE_TRUST_PROXY should be how many proxies stand in front/);
    },
  );
});

describe('Somebody may sign in', () => {
  const refusal = (publicUrl: string, remote: string, headers: Record<string, string> = {}, trust?: string) =>
    entrance(publicUrl, trust).refusalToSignIn(requestFrom(remote, headers));
  const HTTPS = 'https://gatehouse.example.org';

  test.each([
    ['https', HTTPS, '10.0.0.1', {}, undefined],
    ['https, as the proxy says', HTTPS, '10.0.0.1', { 'x-forwarded-proto': 'https' }, '10.0.0.1'],
    [
      'https at the outermost proxy',
      HTTPS,
      '10.0.0.1',
      {
        'x-forwarded-for': '192.0.2.1, 10.0.0.2',
        'x-forwarded-proto': 'https, http',
      },
      '10.0.0.0/8',
    ],
    ['http on this machine', 'http://localhost:4000', '127.0.0.1', {}, undefined],
    [
      'http on this machine by its address',
      'http://localhost:4000',
      '127.0.0.1',
      { host: '127.0.0.1:4000' },
      undefined,
    ],
    ['http on this machine in IPv6', 'http://localhost:4000', '::1', { host: '[::1]:4000' }, undefined],
    ['a port of this machine that a container has', 'http://localhost:4000', '172.17.0.1', {}, undefined],
  ] as const)('over %s', (_, publicUrl, remote, headers, trust) => {
    expect(refusal(publicUrl, remote, headers, trust)).toBeNull();
  });

  test.each([
    [
      'http at a public address',
      'http://gatehouse.example.org',
      '127.0.0.1',
      { host: 'gatehouse.example.org' },
      undefined,
    ],
    ['http from elsewhere', 'http://localhost:4000', '192.0.2.1', { host: '192.0.2.2:4000' }, undefined],
    [
      'http by a name that leads to this machine',
      'http://localhost:4000',
      '127.0.0.1',
      { host: 'rebound.example:4000' },
      undefined,
    ],
    [
      'http through a proxy on this machine',
      'http://localhost:4000',
      '127.0.0.1',
      { 'x-forwarded-for': '192.0.2.1' },
      undefined,
    ],
    ['http, as the proxy says', HTTPS, '10.0.0.1', { 'x-forwarded-proto': 'http' }, '10.0.0.1'],
    [
      'http, though the client says otherwise',
      HTTPS,
      '10.0.0.1',
      {
        'x-forwarded-for': '192.0.2.1',
        'x-forwarded-proto': 'https, http',
      },
      '10.0.0.1',
    ],
    ['what a proxy does not say', HTTPS, '10.0.0.1', {}, '10.0.0.1'],
    ['http past the proxy', HTTPS, '192.0.2.1', { 'x-forwarded-proto': 'https' }, '10.0.0.1'],
  ] as const)('but not over %s', (_, publicUrl, remote, headers, trust) => {
    expect(refusal(publicUrl, remote, headers, trust)).toMatch(/https/);
  });
});

describe('A request comes from a page of this gateway', () => {
  const comes = (headers: Record<string, string>, publicUrl = 'https://gatehouse.example.org') =>
    entrance(publicUrl).comesFromHere(requestFrom('127.0.0.1', headers));

  test.each([
    [{}],
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ origin: 'https://gatehouse.example.org' }],
    [{ origin: 'null', 'sec-fetch-site': 'same-origin' }], // a form of a page with referrer-policy: no-referrer
  ])('when it says so, or nothing: %j', (headers) => {
    expect(comes(headers)).toBe(true);
  });

  test.each([
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'null', 'sec-fetch-site': 'cross-site' }],
    [{ origin: 'http://gatehouse.example.org' }],
    [{ origin: 'https://gatehouse.example.org:8443' }],
    [{ origin: 'https://gatehouse.example.org.evil.example' }],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
    [{ origin: 'rubbish' }],
    [{ origin: '' }],
  ])('not when it says otherwise: %j', (headers) => {
    expect(comes(headers)).toBe(false);
  });

  test('on this machine by any name of it, at its own port', () => {
    for (const origin of ['http://localhost:4000', 'http://127.0.0.1:4000', 'http://[::1]:4000']) {
      expect(comes({ origin }, 'http://localhost:4000')).toBe(true);
    }
    expect(comes({ origin: 'http://localhost:4001' }, 'http://localhost:4000')).toBe(false);
  });
});
