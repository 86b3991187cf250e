// Where webhooks may go: the corpus of addresses that lead inside, asked of the text, of the numbers names lead to, and of
// connections, beside a listener that notes whoever comes.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judgeUrl, mayBeDialled, parseAllowances } from '../../src/webhook/address.js';
import { post } from '../../src/webhook/egress.js';

const NOBODY = { allowed: [] };

const INSIDE_NUMBERS = [
  '127.0.0.1', '127.1', '0177.0.0.1', '0x7f.1', '2130706433', '①②⑦.⓪.⓪.①', '0', '0.0.0.0', '10.1.2.3', '172.16.0.1',
  '192.168.0.1', '169.254.169.254', '100.100.100.200', '192.0.0.192', '168.63.129.16', '198.18.0.1', '224.0.0.1',
  '255.255.255.255', '[::1]', '[::]', '[fc00::1]', '[fec0::1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]',
  '[64:ff9b:1::1]', '[2002:7f00:1::]', '[2001:0:1::]', '[100::1]', '[5f00::1]', '[ff02::1]', '[fd00:ec2::254]', '[fe80::1]',
]; // biome-ignore format: a corpus
const INSIDE_NAMES = [
  'localhost', 'localhost.', 'a.localhost', 'metadata.google.internal', 'printer.local', 'intranet', 'db.corp', 'nas.lan',
]; // biome-ignore format: a corpus

describe('An address somebody wants to save', () => {
  test.each([...INSIDE_NUMBERS, ...INSIDE_NAMES])('that leads to %s is refused, over https and http', (host) => {
    for (const scheme of ['https', 'http']) expect(judgeUrl(`${scheme}://${host}/in`, NOBODY)).toMatch(/^url should/);
  });

  test.each([
    'http://hooks.example.org/in',
    'file:///etc/passwd',
    'gopher://hooks.example.org/',
    'ftp://hooks.example.org/',
    'https://user@hooks.example.org/',
    'https://user:secret@hooks.example.org/',
    'https://hooks.example.org/#there',
    'https://hooks.example.org:22/',
    'https://hooks.example.org:5432/',
    'https://hooks.example.org:80/',
    'https://hooks.exa\nmple.org/',
    ' https://hooks.example.org/',
    'https://',
    'nonsense',
    '',
  ])('like %j is refused', (url) => {
    expect(judgeUrl(url, NOBODY)).toMatch(/^url should/);
  });

  test.each([
    'https://hooks.example.org/in?key=1',
    'https://hooks.example.org:8443/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://bücher.example/',
  ])('like %s is taken', (url) => {
    expect(judgeUrl(url, NOBODY)).toBeNull();
  });

  test('that is the gateway’s own is refused', () => {
    const egress = { allowed: [], publicUrl: () => 'https://gatehouse.example.org' };
    expect(judgeUrl('https://gatehouse.example.org/graphql', egress)).toContain('this gateway');
    expect(judgeUrl('https://GATEHOUSE.example.org.:443/', egress)).toContain('this gateway');
    expect(judgeUrl('https://other.example.org/', egress)).toBeNull();
  });

  test('inside is taken where the operator names it, at the ports that are named', () => {
    const allowed = parseAllowances('127.0.0.1:3000, 10.0.0.0/8, [::1]:8080')!;
    expect(judgeUrl('http://127.0.0.1:3000/', { allowed })).toBeNull();
    expect(judgeUrl('http://localhost:3000/', { allowed })).toBeNull();
    expect(judgeUrl('http://127.0.0.1:3001/', { allowed })).not.toBeNull();
    expect(judgeUrl('https://10.2.3.4/', { allowed })).toBeNull();
    expect(judgeUrl('http://10.2.3.4/', { allowed })).not.toBeNull();
    expect(judgeUrl('http://[::1]:8080/', { allowed })).toBeNull();
    expect(judgeUrl('http://hooks.example.org/', { allowed })).not.toBeNull();
  });
});

test.each(['', '127.0.0.1:0', '127.0.0.1:70000', 'localhost:3000', '10.0.0.0/40', '1.2.3.4,', '300.1.1.1'])(
  'what an operator writes as %j is no allowance',
  (text) => {
    expect(parseAllowances(text)).toBeNull();
  },
);

test('a number is dialled only when it is public, by https, at the ports of https', () => {
  expect(mayBeDialled('8.8.8.8', 443, { isSecure: true, allowed: [] })).toBe(true);
  expect(mayBeDialled('8.8.8.8', 80, { isSecure: false, allowed: [] })).toBe(false);
  expect(mayBeDialled('8.8.8.8', 25, { isSecure: true, allowed: [] })).toBe(false);
  expect(mayBeDialled('fe80::1%eth0', 443, { isSecure: true, allowed: [] })).toBe(false);
  expect(mayBeDialled('', 443, { isSecure: true, allowed: [] })).toBe(false);
});

describe('A connection', () => {
  let trap: Server;
  let port: number;
  let came: string[];
  beforeAll(async () => {
    came = [];
    trap = createServer((request, response) => {
      came.push(`${request.method} ${request.url}`);
      response.end();
    });
    trap.on('connection', (socket) => came.push(`connection from ${socket.remoteAddress}`));
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    port = (trap.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((resolve) => trap.close(resolve)));

  const sent = (url: string, options: Partial<Parameters<typeof post>[1]> = {}) =>
    post({ url, headers: {}, body: '{}' }, { allowed: [], maxMs: 2_000, ...options });

  test('is made to nothing inside, whatever a name leads to, and however often it changes its mind', async () => {
    for (const addresses of [['127.0.0.1'], ['::1'], ['8.8.8.8', '127.0.0.1'], ['10.0.0.1'], ['::ffff:127.0.0.1']]) {
      expect(await sent('https://hooks.example.org/', { resolve: async () => addresses })).toEqual({
        is: 'FAILED',
        why: 'FORBIDDEN',
      });
    }
    // A server of names that answers something else each time: it is asked once, and what it said then is dialled.
    const allowed = parseAllowances(`127.0.0.1:${port}`)!;
    for (let turn = 0; turn < 50; turn++) {
      let asked = 0;
      const resolve = async () => (asked++ === 0 ? ['10.255.255.1'] : ['127.0.0.1']);
      expect(await sent(`http://rebind.example.org:${port}/`, { allowed, resolve })).toMatchObject({
        why: 'FORBIDDEN',
      });
      expect(asked).toBe(1);
    }
    for (const host of INSIDE_NUMBERS) expect(await sent(`https://${host}:${port}/`)).toMatchObject({ is: 'FAILED' });
    expect(came).toEqual([]);
  });

  test('is made where the operator allows it, and ends with the first answer: no redirect is followed', async () => {
    const asked: string[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(307, { location: `http://127.0.0.1:${port}/inside` }).end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const at = (elsewhere.address() as AddressInfo).port;
    const allowed = parseAllowances(`127.0.0.1:${at},127.0.0.1:${port}`)!;
    expect(await sent(`http://localhost:${at}/in`, { allowed })).toMatchObject({ is: 'ANSWERED', status: 307 });
    expect([asked, came]).toEqual([['/in'], []]);
    await new Promise((resolve) => elsewhere.close(resolve));
  });
});
