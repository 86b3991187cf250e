// /audit-export: the whole audit log of a workspace as a file, for its owners. Sent piece by piece, as fast as it is taken.

import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AUDIT_FORMATS, type AuditExport, type AuditFormat, exportAuditLog } from '../audit/export.js';
import { Refusal } from '../lib/refusal.js';
import type { Caller } from '../unit-of-work.js';
import { HttpError } from './body.js';

/** A client that takes nothing for so long has left without saying so. */
const STALLED_MS = 30_000;

const TYPES: Record<AuditFormat, string> = { ndjson: 'application/x-ndjson', csv: 'text/csv' };

/** The format a request asks for. Refused: an unknown one. */
export function formatIn(search: string): AuditFormat {
  const given = new URLSearchParams(search).get('format') ?? 'ndjson';
  const format = AUDIT_FORMATS.find((known) => known === given);
  if (format) return format;
  throw new HttpError(400, 'INVALID', `format should be ${AUDIT_FORMATS.join(' or ')}, but is: ${given.slice(0, 60)}`);
}

/** Sends the log of the caller's workspace. Refused: who may not administer it. */
export async function sendAuditLog(caller: Caller, format: AuditFormat, response: ServerResponse): Promise<void> {
  const { pieces } = await exported(caller, format);
  const day = new Date().toISOString().slice(0, 10);
  response.writeHead(200, {
    'content-type': `${TYPES[format]}; charset=utf-8`,
    'content-disposition': `attachment; filename="audit-log-${caller.actor.workspaceId}-${day}.${format}"`,
    'cache-control': 'private, no-store',
  });
  response.setTimeout(STALLED_MS, () => response.destroy());
  await pipeline(Readable.from(pieces), response);
}

async function exported(caller: Caller, format: AuditFormat): Promise<AuditExport> {
  try {
    return await exportAuditLog(caller, { format });
  } catch (error) {
    throw error instanceof Refusal && error.code === 'FORBIDDEN'
      ? new HttpError(403, error.code, error.message)
      : error;
  }
}
