// Checkpoints: how long a log was at some time and the hash of its last entry, signed. Kept outside the database, one
// shows that what stood in the log then still does, whatever was done to the database since.

import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type Id, parseId } from '../lib/id.js';
import { invalid } from '../lib/refusal.js';
import type { KeyRing } from '../lib/secret.js';
import { type ChainHead, canonicalJson } from './chain.js';

const KIND = 'gatehouse.audit-checkpoint.1';

export interface Checkpoint {
  kind: typeof KIND;
  workspaceId: Id;
  /** How many entries the log had. */
  count: number;
  /** Of the last of them, hexadecimal. */
  hash: string;
  /** RFC 3339. */
  takenAt: string;
  /** Ed25519, the 32 bytes of RFC 8032 in base64. */
  publicKey: string;
  /** Over the canonical JSON of everything above, in base64. */
  signature: string;
}

/** A checkpoint of a log that ends at `head`. */
export function takeCheckpoint(keys: KeyRing, workspaceId: Id, head: ChainHead, now: Date): Checkpoint {
  const key = signingKey(keys);
  const said = {
    kind: KIND,
    workspaceId,
    count: head.position,
    hash: head.hash,
    takenAt: now.toISOString(),
    publicKey: publicKeyOf(key),
  } as const;
  return { ...said, signature: sign(null, Buffer.from(canonicalJson(said)), key).toString('base64') };
}

/** The checkpoint a file holds: as it was printed, or the line of the process log that carries it. Refused: anything else.
 *  Whether it is genuine is another question. */
export function readCheckpoint(text: string): Checkpoint {
  try {
    const found = JSON.parse(text);
    const { kind, workspaceId, count, hash, takenAt, publicKey, signature } = found.checkpoint ?? found;
    const isOne =
      kind === KIND &&
      parseId(String(workspaceId)) === workspaceId &&
      Number.isSafeInteger(count) &&
      count >= 0 &&
      /^[0-9a-f]{64}$/.test(hash) &&
      [takenAt, publicKey, signature].every((member) => typeof member === 'string');
    if (isOne) return { kind, workspaceId, count, hash, takenAt, publicKey, signature };
  } catch {
    // told below
  }
  throw invalid('The file should hold one checkpoint, as "audit checkpoint" prints it, and does not.');
}

/** Whether it was taken with these keys and says what it said then. */
export function isGenuine(keys: KeyRing, { signature, ...said }: Checkpoint): boolean {
  const key = createPublicKey(signingKey(keys));
  return (
    said.publicKey === publicKeyOf(key) &&
    verify(null, Buffer.from(canonicalJson(said)), key, Buffer.from(signature, 'base64'))
  );
}

/** Entries between two checkpoints in the process log. */
const EVERY = 1_000;

/** Checkpoints of all logs that have grown by a thousand entries since the last one; each is given to one caller, however
 *  many processes ask. */
export async function takeDueCheckpoints(em: EntityManager, keys: KeyRing, now: Date): Promise<Checkpoint[]> {
  const due = await em.execute<{ workspaceId: Id }[]>(
    'select workspace_id as "workspaceId" from audit_chain where position - checkpointed >= ? order by workspace_id',
    [EVERY],
  );
  const checkpoints: Checkpoint[] = [];
  for (const { workspaceId } of due) {
    // A statement each: whoever holds several heads at once has to take them in the order that commands do.
    const [head] = await em.execute<ChainHead[]>(
      `update audit_chain set checkpointed = position where workspace_id = ? and position - checkpointed >= ?
       returning position::float8 as position, encode(hash, 'hex') as hash`,
      [workspaceId, EVERY],
    );
    if (head) checkpoints.push(takeCheckpoint(keys, workspaceId, head, now));
  }
  return checkpoints;
}

/** What precedes the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const signingKey = (keys: KeyRing): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, keys.for('audit-checkpoint').export()]),
    format: 'der',
    type: 'pkcs8',
  });

const publicKeyOf = (key: KeyObject): string =>
  Buffer.from(
    (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' }).x ?? '',
    'base64url',
  ).toString('base64');
