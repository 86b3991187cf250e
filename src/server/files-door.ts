// /files/<address>: bytes out by GET, bytes in by PUT. The address is all a client needs; who it was given to is asked again
// whether she still may. What is missing, expired, unshared or forged is answered alike. Nothing that is handed out runs:
// it is saved, and belongs to no site.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { create as contentDisposition } from 'content-disposition';
import send from 'send';
import { findFile } from '../file/download.js';
import { type FileAddress, fileAt } from '../file/file-url.js';
import { openUpload, receiveUpload } from '../file/upload-lifecycle.js';
import type { Actor } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import type { Store } from '../store/store.js';
import { HttpError } from './body.js';
import { actorOfHolder } from './holder.js';

const PREFIX = '/files/';
/** An upload is ended when nothing comes for so long. */
const SILENCE_MS = 15_000;
/** And when it comes more slowly than this, after as long. */
const MIN_BYTES_PER_MS = 8;
/** Bodies that are taken in at once. */
const MAX_AT_ONCE = 32;

export const isFilePath = (path: string): boolean => path.startsWith(PREFIX);

/** What may be logged of a path: never the address itself. */
export const withoutAddress = (path: string | undefined): string | undefined =>
  path?.startsWith(PREFIX) ? `${PREFIX}…` : path;

const gone = (): HttpError =>
  new HttpError(404, 'NOT_FOUND', 'There is no such file, or its address does not work any more. Ask for it again.');

export class FilesDoor {
  private readonly underWay = new Set<Id>();

  constructor(private readonly store: Pick<Store, 'keys' | 'reader' | 'callerFor' | 'files'>) {}

  /** Answers with bytes, or takes them. Throws 404, 405, 409, 413, 415, 503 and 400. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { method = '' } = request;
    if (!['GET', 'HEAD', 'PUT'].includes(method)) {
      throw new HttpError(405, 'INVALID', 'Use GET, or PUT where an upload is expected.', { allow: 'GET, HEAD, PUT' });
    }
    const address = fileAt(this.store.keys, path);
    if (!address || (address.door === 'UPLOAD') !== (method === 'PUT')) throw gone();
    const actor = await actorOfHolder(this.store.reader(), address.holder);
    if (!actor || (method === 'PUT' && address.holder.by.kind === 'ACTING')) throw gone();
    return method === 'PUT'
      ? this.take(request, response, address, actor)
      : this.give(request, response, address, actor);
  }

  private async give(
    request: IncomingMessage,
    response: ServerResponse,
    address: FileAddress,
    actor: Actor,
  ): Promise<void> {
    const file = await findFile(this.store.reader(), actor, address);
    if (!file) throw gone();
    response.setHeader('content-type', file.contentType);
    response.setHeader('content-disposition', contentDisposition(file.name));
    response.setHeader('content-security-policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
    response.setHeader('cross-origin-resource-policy', 'cross-origin'); // pages of clients show pictures
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cache-control', 'private, no-store'); // a copy would outlive the share
    const bytes = send(request, this.store.files.pathOf(actor.workspaceId, file.sha256), {
      cacheControl: false,
      etag: false,
      lastModified: false,
      dotfiles: 'allow', // the data directory may lie below one
    });
    await new Promise<void>((resolve, reject) => {
      bytes.on('error', (error: { status?: number }) =>
        reject(
          error.status === 416
            ? new HttpError(416, 'INVALID', `The file has ${file.size} bytes.`, {
                'content-range': `bytes */${file.size}`,
              })
            : error,
        ),
      );
      response.once('close', resolve);
      bytes.pipe(response);
    });
  }

  private async take(
    request: IncomingMessage,
    response: ServerResponse,
    { fileId }: FileAddress,
    actor: Actor,
  ): Promise<void> {
    const caller = { ...this.store.callerFor(actor), files: this.store.files };
    const upload = await openUpload(caller, fileId);
    if (!upload) throw refusedBody(gone());
    if (request.headers['content-encoding'] !== undefined) {
      throw refusedBody(new HttpError(415, 'INVALID', 'Send the bytes as they are, without a Content-Encoding.'));
    }
    if (Number(request.headers['content-length'] ?? 0) > upload.maxBytes) throw tooLarge(upload.maxBytes);
    if (this.underWay.has(fileId)) {
      throw refusedBody(new HttpError(409, 'INVALID_STATE', 'The bytes of this upload are coming already.'));
    }
    if (this.underWay.size >= MAX_AT_ONCE) {
      throw refusedBody(
        new HttpError(503, 'UNAVAILABLE', 'Too many files are coming in. Try again in a moment.', {
          'retry-after': '5',
        }),
      );
    }
    this.underWay.add(fileId);
    const watch = watchPace(request);
    try {
      const outcome = await receiveUpload(caller, upload, request);
      if (outcome.kind === 'GONE') throw gone();
      if (outcome.kind === 'TOO_LARGE') throw tooLarge(upload.maxBytes);
      if (outcome.kind === 'WRONG') throw new HttpError(415, 'INVALID', outcome.why);
      response.writeHead(204, { 'cache-control': 'no-store' }).end();
    } catch (error) {
      if (watch.isLate()) throw refusedBody(new HttpError(408, 'INVALID', 'The bytes came too slowly.'));
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
        throw refusedBody(new HttpError(507, 'UNAVAILABLE', 'There is no room for the file. Tell the operator.'));
      }
      if (!(error instanceof HttpError) && request.destroyed && !request.complete) return; // the client has left
      throw error;
    } finally {
      watch.stop();
      this.underWay.delete(fileId);
    }
  }
}

/** What is left of the body is not read: the connection ends with the answer. */
function refusedBody(error: HttpError): HttpError {
  return new HttpError(error.status, error.code, error.message, { ...error.headers, connection: 'close' });
}

const tooLarge = (maxBytes: number): HttpError =>
  refusedBody(new HttpError(413, 'TOO_LONG', `The upload may have at most ${maxBytes} bytes.`));

/** Ends a body that stops coming, or comes so slowly that it only holds the door open. */
function watchPace(request: IncomingMessage): { isLate(): boolean; stop(): void } {
  const startedAt = performance.now();
  let [bytes, lastAt, late] = [0, startedAt, false];
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    lastAt = performance.now();
  };
  request.on('data', onData);
  request.pause(); // listening alone would make it flow before anybody takes it
  const timer = setInterval(() => {
    const now = performance.now();
    const isSlow = bytes < (now - startedAt - SILENCE_MS) * MIN_BYTES_PER_MS;
    if (now - lastAt < SILENCE_MS && !isSlow) return;
    late = true;
    request.destroy(new Error('The body came too slowly.'));
  }, 1_000).unref();
  return {
    isLate: () => late,
    stop: () => {
      clearInterval(timer);
      request.off('data', onData);
    },
  };
}
