// /logos/<hash>: pictures of connections. Named by their content, so they never change; sent in a way that lets nothing
// in them run, should somebody find a picture that is a page as well.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { findLogo } from '../connection/logo.js';
import type { Store } from '../store/store.js';
import { HttpError } from './body.js';

const PREFIX = '/logos/';

export const isLogoPath = (path: string): boolean => path.startsWith(PREFIX);

/** Answers with the picture, or 404. */
export async function sendLogo(
  store: Pick<Store, 'em'>,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new HttpError(405, 'INVALID', 'Use GET or HEAD.', { allow: 'GET, HEAD' });
  }
  const logo = await findLogo(store.em(), path.slice(PREFIX.length));
  if (!logo) throw new HttpError(404, 'NOT_FOUND', 'There is no such logo.');
  response.writeHead(200, {
    'content-type': logo.contentType,
    'content-length': logo.bytes.length,
    'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'cross-origin', // consent pages of others show it
    'cache-control': 'public, max-age=86400, immutable',
  });
  response.end(request.method === 'HEAD' ? undefined : logo.bytes);
}
