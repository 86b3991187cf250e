// Logos of connections: which bytes are one, and where they lie. What a file is called or says it is does not matter.

import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { imageSize } from 'image-size';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';

const MAX_LOGO_BYTES = 200_000;
const MAX_LOGO_PIXELS = 4_096; // on a side
const CONTENT_TYPES: Readonly<Record<string, string>> = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' };

export interface Logo {
  /** In hexadecimal digits. */
  sha256: string;
  contentType: string;
  bytes: Buffer;
}

/** The logo in a base64 text. Refused, naming `path`: what is no base64, more than 200 kB, or anything but a PNG, JPEG or
 *  WebP by its content of at most 4,096 pixels a side. SVG can hold scripts and is none of them. */
export function readLogo(base64: string, path: readonly string[] = ['logo']): Logo {
  const facts = { path };
  const text = base64.trim();
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new Refusal('INVALID', 'A logo should be the base64 of a PNG, JPEG or WebP image, and is no base64.', facts);
  }
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > MAX_LOGO_BYTES) {
    throw new Refusal(
      'TOO_LONG',
      `A logo may have at most ${MAX_LOGO_BYTES} bytes, but this one has ${bytes.length}.`,
      facts,
    );
  }
  const { type, width, height } = measure(bytes);
  const contentType = CONTENT_TYPES[type ?? ''];
  if (!contentType) throw new Refusal('INVALID', 'A logo should be a PNG, JPEG or WebP image, and is none.', facts);
  if (Math.max(width, height) > MAX_LOGO_PIXELS || Math.min(width, height) < 1) {
    throw new Refusal(
      'INVALID',
      `A logo should be 1 to ${MAX_LOGO_PIXELS} pixels wide and high, but is ${width} × ${height}.`,
      facts,
    );
  }
  return { sha256: createHash('sha256').update(bytes).digest('hex'), contentType, bytes };
}

function measure(bytes: Buffer): { type?: string | undefined; width: number; height: number } {
  try {
    return imageSize(bytes);
  } catch {
    return { width: 0, height: 0 }; // no image at all, which is answered above
  }
}

/** Keeps the bytes in the workspace; the same bytes are kept once. */
export async function keepLogo(
  em: EntityManager,
  workspaceId: Id,
  { sha256, contentType, bytes }: Logo,
): Promise<void> {
  await em.execute(
    'insert into logo (workspace_id, sha256, content_type, bytes) values (?, ?, ?, ?) on conflict do nothing',
    [workspaceId, sha256, contentType, bytes],
  );
}

/** Lets go of the workspace's logos that no connection has any more. */
export async function dropLogos(em: EntityManager, workspaceId: Id): Promise<void> {
  await em.execute(
    `delete from logo l where l.workspace_id = ? and not exists (
       select from connection c where c.workspace_id = l.workspace_id and c.logo_sha256 = l.sha256)`,
    [workspaceId],
  );
}

/** The bytes under a hash, as /logos serves them; `null` when no connection that is there has them. Whoever knows the
 *  hash may see the picture: it stands on consent pages. */
export async function findLogo(em: EntityManager, sha256: string): Promise<Omit<Logo, 'sha256'> | null> {
  const [logo] = await em.execute<{ contentType: string; bytes: Buffer }[]>(
    `select l.content_type as "contentType", l.bytes
       from logo l join connection c on c.workspace_id = l.workspace_id and c.logo_sha256 = l.sha256
      where l.sha256 = ? and c.status <> 'DELETED' limit 1`,
    [sha256],
  );
  return logo ?? null;
}

/** Where a logo is found, below the public address of the gateway; `null` without one. */
export const logoUrl = (publicUrl: string, sha256: string | null): string | null =>
  sha256 === null ? null : `${publicUrl}/logos/${sha256}`;
