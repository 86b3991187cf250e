// A site Vite built into the gateway's own files, such as the explorer or the console: served from memory under a policy
// that lets its pages speak to this gateway only. It knows no token and no session: what a page asks goes through /graphql
// like everybody's.

import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { HttpError } from './body.js';

const BUILT = fileURLToPath(new URL('../../dist/', import.meta.url));

/** `'unsafe-inline'` for styles only: Monaco places every line and mark it draws with style attributes in HTML text, and the
 *  console's component kit writes its colours as a style sheet. Cursors and squiggles are images in data: addresses. Sent
 *  with workers and other assets too, because a worker goes by the policy of its own file. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  vary: 'Accept-Encoding',
};

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** How files are sent, the smallest first (RFC 9110 §8.4.1, RFC 7932). */
const ENCODINGS = { br: promisify<Buffer, Buffer>(brotliCompress), gzip: promisify<Buffer, Buffer>(gzip) };
type Encoding = keyof typeof ENCODINGS;

interface Built {
  bytes: Buffer;
  mediaType: string;
  cacheControl: string;
  /** Compressed when first asked for, then kept; none for what is compressed already. */
  compressed: Partial<Record<Encoding, () => Promise<Buffer>>>;
}

export interface BuiltSite {
  /** Whether a path is this site's business. */
  has(path: string): boolean;
  answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

export interface BuiltSiteOptions {
  /** Where it is, and in which folder of `dist/`: `explorer` is at /explorer. */
  name: string;
  /** Its one page answers every address below, because its script finds out what to show there. */
  hasRoutes?: boolean;
  /** For tests: a folder of files elsewhere. */
  directory?: string;
}

/** Reads the built files once. A file is answered only at its address, letter by letter: no request reaches the file
 *  system. Refused with 404 when nothing was built, with 405 for anything but GET and HEAD. */
export function createBuiltSite({
  name,
  hasRoutes = false,
  directory = join(BUILT, name),
}: BuiltSiteOptions): BuiltSite {
  const root = `/${name}`;
  const files = filesIn(directory, root);
  /** The file at a path; assets have names of their own, which no route has. */
  const at = (path: string): Built | undefined =>
    files.get(path) ?? (hasRoutes && !path.startsWith(`${root}/assets/`) ? files.get(root) : undefined);
  return {
    has: (path) => path === root || path.startsWith(`${root}/`),
    async answer(request, response, path) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new HttpError(405, 'INVALID', 'Use GET or HEAD.', { allow: 'GET, HEAD' });
      }
      if (files.size === 0) {
        throw new HttpError(404, 'NOT_FOUND', `The ${name} is not built here. Build it with: npm run build`);
      }
      if (path === `${root}/`) {
        response.writeHead(308, { location: root, 'cache-control': 'no-store' });
        return void response.end();
      }
      const file = at(path);
      if (!file) throw new HttpError(404, 'NOT_FOUND', `There is no such file. The ${name} is at ${root}.`);
      const encoding = encodingFor(request, file);
      const body = (encoding && (await file.compressed[encoding]?.())) ?? file.bytes;
      response.writeHead(200, {
        ...HEADERS,
        ...(encoding && { 'content-encoding': encoding }),
        'content-type': file.mediaType,
        'content-length': body.length,
        'cache-control': file.cacheControl,
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    },
  };
}

/** Address → file. Empty when nothing was built. */
function filesIn(directory: string, root: string): ReadonlyMap<string, Built> {
  const files = new Map<string, Built>();
  for (const entry of entriesOf(directory)) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const below = relative(directory, file).split(sep).join('/');
    const isPage = below === 'index.html';
    files.set(isPage ? root : `${root}/${below}`, built(readFileSync(file), extname(file), isPage));
  }
  return files.has(root) ? files : new Map();
}

function built(bytes: Buffer, extension: string, isPage: boolean): Built {
  const once = (compress: (bytes: Buffer) => Promise<Buffer>): (() => Promise<Buffer>) => {
    let made: Promise<Buffer> | undefined;
    return () => {
      made ??= compress(bytes);
      return made;
    };
  };
  return {
    bytes,
    mediaType: MEDIA_TYPES[extension] ?? 'application/octet-stream',
    // Every name but the page's carries a hash of its content.
    cacheControl: isPage ? 'no-store' : 'public, max-age=31536000, immutable',
    compressed: extension.startsWith('.woff') ? {} : { br: once(ENCODINGS.br), gzip: once(ENCODINGS.gzip) },
  };
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The best encoding that is listed and not with a weight of 0. */
function encodingFor({ headers }: IncomingMessage, { compressed }: Built): Encoding | undefined {
  const weights = new Map(
    String(headers['accept-encoding'] ?? '')
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [name = '', ...parameters] = part.split(';').map((word) => word.trim());
        return [name, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))];
      }),
  );
  return (Object.keys(compressed) as Encoding[]).find((name) => weights.get(name) === true);
}
