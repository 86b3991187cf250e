// Where may be posted to, and what a post bears: judged by the text when it is saved, by what it resolves to when it is sent.

import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EgressAllowance, judgeAddress, judgeUrl, parseEgressAllow } from '../../src/webhook/address.js';
import { type Answered, createEgress, type EgressOptions } from '../../src/webhook/egress.js';

/** Counts who connects; nobody should. */
let tripwire: net.Server;
let tripped = 0;
let trapPort: number;
beforeAll(async () => {
  tripwire = net.createServer((socket) => {
    tripped++;
    socket.destroy();
  });
  tripwire.listen(0, '127.0.0.1');
  await once(tripwire, 'listening');
  trapPort = (tripwire.address() as AddressInfo).port;
});
afterAll(() => tripwire.close());

const NOTHING = { allowed: [], ownHosts: ['gatehouse.example.org:443'] };
const allowing = (text: string): EgressAllowance[] => parseEgressAllow(text) ?? [];

/** Serves one test. */
async function receiver(handler: http.RequestListener): Promise<{ port: number } & AsyncDisposable> {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function posted(url: string, options: Partial<EgressOptions> = {}): Promise<Answered> {
  const egress = createEgress({ allowed: [], ownHosts: [], ...options });
  try {
    return await egress.post({ endpointId: 'one', url, headers: {}, body: Buffer.from('{}'), attempt: 1 });
  } finally {
    egress.close();
  }
}

const refused = expect.objectContaining({ status: null, reason: 'ADDRESS_REFUSED' });

const INNER = [
  ...[
    '127.0.0.1',
    '127.1',
    '0177.0.0.1',
    '0x7f.1',
    '2130706433',
    '①②⑦.⓪.⓪.①',
    '0',
    '0.0.0.0',
    'localhost',
    'localhost.',
  ],
  ...[
    '[::1]',
    '[::]',
    '[fc00::1]',
    '[fec0::1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::1]',
  ],
  ...['[2002:7f00:1::]', '[2001:0:53aa:64c::1]', '[100::1]', '[5f00::1]', '[ff02::1]', '[fe80::1]', '[2001:db8::1]'],
  ...[
    '169.254.169.254',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    '[fd00:ec2::254]',
    'metadata.google.internal',
  ],
  ...['10.0.0.1', '172.16.0.1', '192.168.1.1', '224.0.0.1', '255.255.255.255', 'db.local', 'intranet', 'a.localhost'],
];

describe('Where may be posted to', () => {
  test.each(INNER)('not to https://%s, at no port', async (host) => {
    expect(judgeUrl(`https://${host}/in`, NOTHING)).toEqual(expect.any(String));
    expect(judgeUrl(`https://${host}:8443/in`, NOTHING)).toEqual(expect.any(String));
    expect(await posted(`https://${host}:${trapPort}/in`)).toEqual(refused);
    expect(await posted(`http://${host}:${trapPort}/in`)).toEqual(refused);
    expect(tripped).toBe(0);
  });

  test.each([
    'https://hooks.example.org/in',
    'https://hooks.example.org:8443/in?x=1',
    'https://93.184.216.34/in',
    'https://[2606:2800:220:1:248:1893:25c8:1946]/in',
    'https://gatehouse.example.org:8443/in',
  ])('to %s', (url) => expect(judgeUrl(url, NOTHING)).toBeNull());

  test.each([
    'http://hooks.example.org/in',
    'ftp://hooks.example.org/in',
    'file:///etc/passwd',
    'gopher://hooks.example.org/in',
    'https://user:secret@hooks.example.org/in',
    'https://user@hooks.example.org/in',
    ...[22, 25, 80, 5432, 6379].map((port) => `https://hooks.example.org:${port}/in`),
    'https://hooks.example.org/\u0000',
    'https://hooks.example\n.org/in',
    'https:\\\\hooks.example.org/in',
    ' https://hooks.example.org/in',
    `https://hooks.example.org/${'x'.repeat(4_000)}`,
    'https://gatehouse.example.org/graphql',
    'https://gatehouse.example.org.:443/graphql',
    'https://[fe80::1%eth0]/in',
    'nonsense',
  ])('not to %j', (url) => expect(judgeUrl(url, NOTHING)).toEqual(expect.any(String)));

  test('what the operator names may be posted to, over http as well, and its neighbours may not', () => {
    const allowed = allowing('127.0.0.1:3000, 10.1.0.0/16:8080,[fd00::/8]:3000');
    const judge = (url: string) => judgeUrl(url, { allowed, ownHosts: [] });
    for (const url of ['http://127.0.0.1:3000/', 'https://10.1.2.3:8080/', 'http://[fd00::5]:3000/']) {
      expect(judge(url)).toBeNull();
    }
    for (const url of [
      'http://127.0.0.1:3001/',
      'http://127.0.0.2:3000/',
      'https://10.2.0.1:8080/',
      'http://[::1]:3000/',
    ]) {
      expect(judge(url)).toEqual(expect.any(String));
    }
    // A name says nothing yet; what it resolves to does.
    expect(judge('http://localhost:3000/')).toBeNull();
    expect(judgeAddress('127.0.0.1', new URL('http://localhost:3000/'), allowed)).toBeNull();
    expect(judgeAddress('93.184.216.34', new URL('http://example.org:3000/'), allowed)).toEqual(expect.any(String));
  });

  test.each([
    '',
    '127.0.0.1',
    'localhost:3000',
    '127.1:3000',
    '10.0.0.0/33:80',
    '1.2.3.4:0',
    '1.2.3.4:70000',
    '::1:80',
  ])('an allowance is not %j', (text) => expect(parseEgressAllow(text)).toBeNull());
});

describe('What is dialled', () => {
  test.each([
    ['a private address', ['127.0.0.1']],
    ['a public and a private one', ['93.184.216.34', '127.0.0.1']],
    ['a private one within IPv6', ['::ffff:127.0.0.1']],
    ['one of this network', ['fe80::1%lo']],
    ['no address', ['elsewhere.example.org']],
  ])('nothing where a name resolves to %s', async (_, addresses) => {
    expect(await posted('https://hooks.example.org/in', { resolve: async () => addresses })).toEqual(refused);
    // Nor is the port of a service that may be posted to, on other machines, a way to it.
    const allowed = allowing(`10.0.0.1:${trapPort}`);
    expect(await posted(`http://hooks.example.org:${trapPort}/`, { allowed, resolve: async () => addresses })).toEqual(
      refused,
    );
    expect(tripped).toBe(0);
  });

  test('the address that was judged, of a name that resolves to another one each time', async () => {
    await using good = await receiver((_, answer) => answer.end());
    let asked = 0;
    const resolve = async () => [asked++ % 2 === 0 ? '127.0.0.1' : '127.0.0.2'];
    const allowed = allowing(`127.0.0.1:${good.port}`);
    const url = `http://flips.example.org:${good.port}/`;
    expect(await posted(url, { allowed, resolve })).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
    expect(await posted(url, { allowed, resolve })).toEqual(refused);
  });

  test.each([301, 302, 303, 307, 308])('no redirect %i', async (status) => {
    await using redirecting = await receiver((_, answer) =>
      answer
        .writeHead(status, {
          location: `http://127.0.0.1:${trapPort}/`,
          refresh: `0; url=http://127.0.0.1:${trapPort}/`,
        })
        .end(),
    );
    const allowed = allowing(`127.0.0.1:${redirecting.port},127.0.0.1:${trapPort}`);
    expect(await posted(`http://127.0.0.1:${redirecting.port}/`, { allowed })).toMatchObject({ status });
    expect(tripped).toBe(0);
  });

  test('no proxy of the environment', async () => {
    await using good = await receiver((_, answer) => answer.end());
    const before = { ...process.env };
    const proxy = `http://127.0.0.1:${trapPort}`;
    Object.assign(process.env, { HTTP_PROXY: proxy, http_proxy: proxy, HTTPS_PROXY: proxy, NODE_USE_ENV_PROXY: '1' });
    try {
      const answered = await posted(`http://127.0.0.1:${good.port}/`, { allowed: allowing(`127.0.0.1:${good.port}`) });
      expect(answered).toMatchObject({ status: 200 });
    } finally {
      process.env = before;
    }
    expect(tripped).toBe(0);
  });
});

describe('What an answer may cost', () => {
  const totalMs = 400;

  async function answeredBy(handler: http.RequestListener): Promise<Answered> {
    await using from = await receiver(handler);
    return await posted(`http://127.0.0.1:${from.port}/`, { allowed: allowing(`127.0.0.1:${from.port}`), totalMs });
  }

  test('an endpoint that says nothing is given up in time', async () => {
    const answered = await answeredBy(() => {});
    expect(answered).toMatchObject({ status: null, reason: 'TIMEOUT' });
    expect(answered.ms).toBeLessThan(totalMs + 500);
  });

  test('a body that drips without end keeps its status and is cut in time', async () => {
    const answered = await answeredBy((_, answer) => {
      answer.writeHead(200);
      const drip = setInterval(() => answer.write('x'), 20);
      answer.on('close', () => clearInterval(drip));
    });
    expect(answered).toMatchObject({ status: 200 });
    expect(answered.ms).toBeLessThan(totalMs + 500);
  });

  test('a huge body is cut at 16 kB', async () => {
    let isClosed = false;
    const answered = await answeredBy((_, answer) => {
      answer.writeHead(200);
      const more = () => {
        while (!isClosed && answer.write(Buffer.alloc(65_536, 'x')));
      };
      answer.on('drain', more).on('close', () => {
        isClosed = true;
      });
      more();
    });
    expect(answered.status === 200 && answered.body.length).toBe(16_384);
  });

  test('a packed body is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const answered = await answeredBy((_, answer) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect(answered.status === 200 && answered.body.length).toBeLessThanOrEqual(16_384);
  });

  test('a 2xx whose body breaks off counts', async () => {
    const answered = await answeredBy((_, answer) => {
      answer.writeHead(200, { 'content-length': '100' });
      answer.write('begun');
      setTimeout(() => answer.destroy(), 20);
    });
    expect(answered).toMatchObject({ status: 200, body: 'begun' });
  });

  test.each([
    ['10,000 headers', `HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(10_000)}\r\n`],
    ['garbage', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['HTTP/0.9', '<html>hello</html>'],
    ['a broken head', 'HTTP/1.1 2'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['nothing but words to wait for', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(50)],
  ])('%s is no answer', async (_, text) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(text));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answered = await posted(`http://127.0.0.1:${port}/`, { allowed: allowing(`127.0.0.1:${port}`), totalMs });
    expect(answered).toMatchObject({ status: null, reason: 'BROKEN_ANSWER' });
    server.close();
  });
});
