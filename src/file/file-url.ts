// Addresses of files: who may fetch which file of what, or send one, and until when; signed, so that nobody else makes one.
// An address says who was given it. Whether she still may is asked again when it is used.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Actor } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import type { KeyRing } from '../lib/secret.js';

export type FileDoor = 'DOWNLOAD' | 'UPLOAD';

/** Who an address was given to, and by what she was known: she loses it with that. */
export type Holder = {
  workspaceId: Id;
  /** An installation, or a person. */
  kind: 'INSTALLATION' | 'PERSON';
  id: Id;
  /** Of ACTING: the owner who asked as the installation. */
  by: { kind: 'NOTHING' } | { kind: 'TOKEN' | 'PERSONAL_TOKEN' | 'SESSION' | 'ACTING'; id: Id };
};

export interface FileAddress {
  door: FileDoor;
  holder: Holder;
  /** What refers to the file: a page or a database. Of an upload: itself. */
  resourceId: Id;
  /** The file, or the upload. */
  fileId: Id;
  expiresAt: Date;
}

const DOORS: readonly FileDoor[] = ['DOWNLOAD', 'UPLOAD'];
const KINDS: readonly Holder['kind'][] = ['INSTALLATION', 'PERSON'];
const CREDENTIALS: readonly Holder['by']['kind'][] = ['NOTHING', 'TOKEN', 'PERSONAL_TOKEN', 'SESSION', 'ACTING'];
const NO_ID = '00000000-0000-0000-0000-000000000000';
const MAC_BYTES = 16;
const HEAD_BYTES = 3;
const ID_BYTES = 16;
const IDS = 5;
const BODY_BYTES = HEAD_BYTES + IDS * ID_BYTES + 4;

/** An address works for at least so long, and for less than twice. It is the same for whoever asks again within, so that
 *  browsers need not fetch anew. */
export const DOWNLOAD_MS = 300_000; // 5 minutes

export const downloadExpiry = (now: Date): Date =>
  new Date((Math.floor(now.getTime() / DOWNLOAD_MS) + 2) * DOWNLOAD_MS);

/** Who is asking; `null` for the operator, who gets no address: the command line is not reached by the web. */
export function holderOf(actor: Actor): Holder | null {
  const { workspaceId } = actor;
  if (actor.kind === 'OPERATOR') return null;
  if (actor.kind === 'CONNECTION') {
    const { installationId: id, actingFor, tokenId } = actor;
    if (actingFor) return { workspaceId, kind: 'INSTALLATION', id, by: { kind: 'ACTING', id: actingFor.personId } };
    return {
      workspaceId,
      kind: 'INSTALLATION',
      id,
      by: tokenId === undefined ? { kind: 'NOTHING' } : { kind: 'TOKEN', id: tokenId },
    };
  }
  const { personId: id, session, personalToken } = actor;
  if (personalToken) return { workspaceId, kind: 'PERSON', id, by: { kind: 'PERSONAL_TOKEN', id: personalToken.id } };
  return session ? { workspaceId, kind: 'PERSON', id, by: { kind: 'SESSION', id: session.id } } : null;
}

/** The path of an address, signed. */
export function pathOfFile(keys: KeyRing, { door, holder, resourceId, fileId, expiresAt }: FileAddress): string {
  const body = Buffer.alloc(BODY_BYTES);
  body[0] = DOORS.indexOf(door);
  body[1] = KINDS.indexOf(holder.kind);
  body[2] = CREDENTIALS.indexOf(holder.by.kind);
  const by = holder.by.kind === 'NOTHING' ? NO_ID : holder.by.id;
  for (const [index, id] of [holder.workspaceId, holder.id, by, resourceId, fileId].entries()) {
    body.write(id.replaceAll('-', ''), HEAD_BYTES + index * ID_BYTES, 'hex');
  }
  body.writeUInt32BE(Math.floor(expiresAt.getTime() / 1_000), BODY_BYTES - 4);
  return `/files/${Buffer.concat([body, mac(keys, body)]).toString('base64url')}`;
}

/** What a path says, when it was signed here and is not out of date; `null` for all else. */
export function fileAt(keys: KeyRing, path: string, now: number = Date.now()): FileAddress | null {
  const text = path.slice('/files/'.length);
  if (!/^[\w-]+$/.test(text)) return null;
  const all = Buffer.from(text, 'base64url');
  // The same bytes can be written in several ways; one is ours.
  if (all.length !== BODY_BYTES + MAC_BYTES || all.toString('base64url') !== text) return null;
  const body = all.subarray(0, BODY_BYTES);
  if (!timingSafeEqual(mac(keys, body), all.subarray(BODY_BYTES))) return null;
  const [door, kind, by] = [DOORS[body[0] as number], KINDS[body[1] as number], CREDENTIALS[body[2] as number]];
  const expiresAt = new Date(body.readUInt32BE(BODY_BYTES - 4) * 1_000);
  if (!door || !kind || !by || expiresAt.getTime() <= now) return null;
  const [workspaceId, id, credentialId, resourceId, fileId] = Array.from({ length: IDS }, (_, index) =>
    idIn(body, HEAD_BYTES + index * ID_BYTES),
  ) as [Id, Id, Id, Id, Id];
  const holder: Holder = {
    workspaceId,
    kind,
    id,
    by: by === 'NOTHING' ? { kind: by } : { kind: by, id: credentialId },
  };
  return { door, holder, resourceId, fileId, expiresAt };
}

const mac = (keys: KeyRing, body: Buffer): Buffer =>
  createHmac('sha256', keys.for('file-url')).update(body).digest().subarray(0, MAC_BYTES);

const idIn = (bytes: Buffer, at: number): Id =>
  bytes.toString('hex', at, at + ID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
