// Files that pages load: their names carry a hash of their content, so that browsers keep them for good.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface Asset {
  /** Where it is. */
  path: string;
  mediaType: string;
  bytes: Buffer;
}

const asset = (name: string, extension: string, mediaType: string, file: string | URL): Asset => {
  const bytes = readFileSync(file);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
  return { path: `/assets/${name}-${digest}.${extension}`, mediaType, bytes };
};

const styles = (name: string): Asset =>
  asset(name, 'css', 'text/css; charset=utf-8', new URL(`./${name}.css`, import.meta.url));

const script = (name: string, file: string | URL): Asset => asset(name, 'js', 'text/javascript; charset=utf-8', file);

/** What the pages for signing in load: their style sheet, and the scripts for passkeys in the order they run. */
export function signInAssets(): { styles: Asset; scripts: Asset[] } {
  const library = createRequire(import.meta.url).resolve('@simplewebauthn/browser'); // …/script/index.js
  return {
    styles: styles('sign-in'),
    scripts: [
      script('webauthn', join(library, '../../dist/bundle/index.umd.min.js')),
      script('passkeys', new URL('./passkeys.js', import.meta.url)),
    ],
  };
}

export function sendAsset({ method }: IncomingMessage, response: ServerResponse, { mediaType, bytes }: Asset): void {
  response.writeHead(200, {
    'content-type': mediaType,
    'content-length': bytes.length,
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  response.end(method === 'HEAD' ? undefined : bytes);
}
