// The chain: each row of the log is hashed together with the hash of the row before it, so that none can be changed,
// left out or put in without all later hashes being wrong. docs/audit.md is the contract for who checks it elsewhere;
// what is hashed can never change, or old rows would not verify any more.

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';

/** What stands before the first row. */
export const NO_HASH = '0'.repeat(64);

/** A row of the log as it is hashed. */
export interface ChainedFacts {
  workspaceId: Id;
  /** Counts the rows of a workspace, from 1. */
  position: number;
  id: Id;
  action: string;
  /** Null when nobody was signed in. */
  actorKind: string | null;
  /** The acting user; the operator has none. */
  actorId: Id | null;
  /** The owner who acted as `actorId`. */
  actingFor: Id | null;
  targetId: Id | null;
  /** Canonical JSON of an object. */
  before: string | null;
  after: string | null;
  details: string | null;
  address: string | null;
  /** RFC 3339 in UTC with up to six digits of a second. */
  occurredAt: string;
}

export interface ChainedRow extends ChainedFacts {
  /** Hexadecimal, both. */
  previousHash: string;
  hash: string;
}

/** Where a chain ends. */
export interface ChainHead {
  position: number;
  hash: string;
}

/** RFC 8785. Throws for what JSON cannot hold. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  invariant(text !== undefined, 'Nothing was to be written as JSON.');
  return text;
}

/** The text that is hashed: all facts of the row, absent ones as null, as canonical JSON. */
export const canonicalFacts = ({
  workspaceId,
  position,
  id,
  action,
  actorKind,
  actorId,
  actingFor,
  targetId,
  before,
  after,
  details,
  address,
  occurredAt,
}: ChainedFacts): string =>
  canonicalJson({
    workspaceId,
    position,
    id,
    action,
    actorKind,
    actorId,
    actingFor,
    targetId,
    before: parsed(before),
    after: parsed(after),
    details: parsed(details),
    address,
    occurredAt,
  });

const parsed = (json: string | null): unknown => (json === null ? null : JSON.parse(json));

/** SHA-256 over the bytes of the hash before and the canonical text. */
export const hashAfter = (previousHash: string, facts: ChainedFacts): string =>
  createHash('sha256').update(previousHash, 'hex').update(canonicalFacts(facts)).digest('hex');

/** `occurred_at` as it is hashed, whatever the settings of a session are. */
export const TIME_TEXT = (column: string): string => `(to_json(${column} at time zone 'UTC') #>> '{}') || 'Z'`;

/** Columns of `audit_entry` that make a `ChainedRow`. */
export const CHAINED_COLUMNS = `
  workspace_id as "workspaceId", position::float8 as position, id, action, actor_kind as "actorKind",
  actor_id as "actorId", acting_for as "actingFor", target_id as "targetId", before::text as before,
  after::text as after, details::text as details, address, ${TIME_TEXT('occurred_at')} as "occurredAt",
  encode(previous_hash, 'hex') as "previousHash", encode(hash, 'hex') as hash`;
