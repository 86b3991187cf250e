// The explorer at /explorer: the files Vite built from `explorer/`, served from memory under a policy that lets the
// page speak to this gateway only. It knows no token: what the page asks goes through /graphql like everybody's.

import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { HttpError } from './body.js';

const BUILT = fileURLToPath(new URL('../../dist/explorer', import.meta.url));

/** `'unsafe-inline'` for styles only: Monaco places every line and mark it draws with style attributes in HTML text.
 *  Its cursors and squiggles are images in data: addresses. Sent with workers and other assets too, because a worker
 *  goes by the policy of its own file. */
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

interface Built {
  bytes: Buffer;
  mediaType: string;
  cacheControl: string;
  /** Compressed when first asked for, then kept; `null` for what is compressed already. */
  gzipped: (() => Promise<Buffer>) | null;
}

export type Explorer = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

/** Whether a path is the explorer's business. */
export const isExplorerPath = (path: string): boolean => path === '/explorer' || path.startsWith('/explorer/');

/** Reads the built files once. A path is answered only when it is the address of one of them, letter by letter: no
 *  request reaches the file system. */
export function createExplorer(directory = BUILT): Explorer {
  const files = filesIn(directory);
  return async (request, response, path) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new HttpError(405, 'INVALID', 'Use GET or HEAD.', { allow: 'GET, HEAD' });
    }
    if (files.size === 0) {
      throw new HttpError(404, 'NOT_FOUND', 'The explorer is not built here. Build it with: npm run build');
    }
    if (path === '/explorer/') {
      response.writeHead(308, { location: '/explorer', 'cache-control': 'no-store' });
      return void response.end();
    }
    const file = files.get(path);
    if (!file) throw new HttpError(404, 'NOT_FOUND', 'There is no such file. The explorer is at /explorer.');
    const gzipped = acceptsGzip(request) ? await file.gzipped?.() : undefined;
    const body = gzipped ?? file.bytes;
    response.writeHead(200, {
      ...HEADERS,
      ...(gzipped && { 'content-encoding': 'gzip' }),
      'content-type': file.mediaType,
      'content-length': body.length,
      'cache-control': file.cacheControl,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

/** Address → file. Empty when nothing was built. */
function filesIn(directory: string): ReadonlyMap<string, Built> {
  const files = new Map<string, Built>();
  for (const entry of entriesOf(directory)) {
    if (!entry.isFile()) continue;
    const name = join(entry.parentPath, entry.name);
    const path = `/explorer/${name
      .slice(directory.length + 1)
      .split(sep)
      .join('/')}`;
    const isPage = path === '/explorer/index.html';
    files.set(isPage ? '/explorer' : path, built(readFileSync(name), extname(name), isPage));
  }
  return files.has('/explorer') ? files : new Map();
}

function built(bytes: Buffer, extension: string, isPage: boolean): Built {
  let zipped: Promise<Buffer> | undefined;
  return {
    bytes,
    mediaType: MEDIA_TYPES[extension] ?? 'application/octet-stream',
    // Every name but the page's carries a hash of its content.
    cacheControl: isPage ? 'no-store' : 'public, max-age=31536000, immutable',
    gzipped: extension.startsWith('.woff')
      ? null
      : () => {
          zipped ??= promisify(gzip)(bytes);
          return zipped;
        },
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

/** Whether gzip is listed and not with a weight of 0. */
const acceptsGzip = ({ headers }: IncomingMessage): boolean =>
  /(^|,)\s*gzip\s*(?!;\s*q=0(\.0*)?\s*(,|$))(;|,|$)/i.test(String(headers['accept-encoding'] ?? ''));
