// Reads a JSON body within limits: one content type, one charset, a bound that also holds after inflating.

import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Limits } from '../api/limits.js';

/** A request that gets an HTTP error before GraphQL has a say. */
export class HttpError extends Error {
  override name = 'HttpError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
    /** What the answer holds beside its errors. */
    readonly extensions?: object,
  ) {
    super(message);
  }
}

const INFLATERS: Record<string, (() => Duplex) | null> = {
  identity: null,
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

type BodyLimits = Pick<Limits, 'maxBodyBytes' | 'maxVariableDepth'>;

/** The body itself, and some room: variables are measured to the level once it is parsed. */
const AROUND_VARIABLES = 10;

/** The parsed body, of at most so many bytes. Throws `HttpError` 415 for anything but UTF-8 JSON, 413 over the limit, 400 for broken JSON. */
export async function readJson(
  request: IncomingMessage,
  { maxBodyBytes, maxVariableDepth }: BodyLimits,
): Promise<unknown> {
  requireJson(request.headers['content-type']);
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const inflater = INFLATERS[encoding];
  if (inflater === undefined) {
    throw new HttpError(
      415,
      'INVALID',
      `A body may be sent as it is or as gzip, deflate or br, but came as: ${encoding.slice(0, 40)}`,
    );
  }
  const bytes = await collect(inflater ? request.pipe(inflater()) : request, request, maxBodyBytes);
  if (isDeeper(bytes, maxVariableDepth + AROUND_VARIABLES)) {
    throw new HttpError(
      400,
      'INVALID',
      `Variables may be at most ${maxVariableDepth} levels deep, but these are deeper.`,
    );
  }
  const text = decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(
      400,
      'INVALID',
      'The body should be JSON like {"query": "{ viewer { id } }"}, but could not be parsed.',
    );
  }
}

/** The fields of a form of at most so many bytes, as browsers send them. Throws like `readJson`. */
export async function readForm(request: IncomingMessage, maxBytes: number): Promise<URLSearchParams> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  if (type !== 'application/x-www-form-urlencoded' || request.headers['content-encoding'] !== undefined) {
    throw new HttpError(415, 'INVALID', 'Send the form as application/x-www-form-urlencoded.');
  }
  return new URLSearchParams(decode(await collect(request, request, maxBytes)));
}

function requireJson(contentType: string | undefined): void {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  if (type !== 'application/json') {
    throw new HttpError(
      415,
      'INVALID',
      `Send the body as application/json; it came as: ${type.slice(0, 60) || 'nothing'}`,
    );
  }
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new HttpError(415, 'INVALID', `Send the body in UTF-8; it came in: ${charset.slice(0, 40)}`);
  }
}

function collect(stream: Readable, request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (error: Error) => {
      request.unpipe();
      request.resume();
      if (stream !== request) stream.destroy(); // what is left of a bomb stays folded
      reject(error);
    };
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        fail(
          new HttpError(413, 'INVALID', `A body may have at most ${maxBytes} bytes, inflated too.`, {
            connection: 'close',
          }),
        );
      } else chunks.push(chunk);
    });
    stream.on('end', () => resolve(Buffer.concat(chunks)));
    stream.on('error', () =>
      fail(new HttpError(400, 'INVALID', 'The body could not be read to its end, or does not inflate.')),
    );
    request.on('aborted', () => fail(new HttpError(400, 'INVALID', 'The request ended before its body did.')));
  });
}

const [QUOTE, BACKSLASH, CURLY, CURLY_END, SQUARE, SQUARE_END] = [...'"\\{}[]'].map((letter) => letter.charCodeAt(0));

/** Whether lists and objects stand deeper in each other than this. Parsing them takes a hundred times as long as looking. */
function isDeeper(bytes: Buffer, levels: number): boolean {
  let open = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === CURLY || byte === SQUARE) {
      if (++open > levels) return true;
    } else if (byte === CURLY_END || byte === SQUARE_END) open--;
  }
  return false;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new HttpError(400, 'INVALID', 'The body is not UTF-8.');
  }
}
