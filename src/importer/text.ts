// Bytes of a `.md` or `.csv` as text PostgreSQL can store.

import { invalid } from '../lib/refusal.js';
import type { ExportEntry } from './archive.js';

export interface DecodedText {
  /** Without byte order mark and NUL, with `\n` line ends. */
  text: string;
  /** What could not be kept as it was, or `null`. */
  note: string | null;
}

/** Reads a whole file. Refuses more than `maxBytes`. */
export async function readText(entry: ExportEntry, maxBytes: number): Promise<DecodedText> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of await entry.open()) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) {
      throw invalid(`A page or table may have at most ${maxBytes} bytes of text, but "${entry.path}" has more.`);
    }
    chunks.push(chunk as Buffer);
  }
  return decode(Buffer.concat(chunks));
}

/** Bytes that are not UTF-8 become U+FFFD, with a note. */
export function decode(bytes: Buffer): DecodedText {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const decoded = new TextDecoder(utf16 ? 'utf-16le' : 'utf-8').decode(bytes);
  const notes: string[] = [];
  const wasReplaced = !utf16 && decoded.includes('\uFFFD') && !bytes.includes(Buffer.from('\uFFFD'));
  if (wasReplaced) notes.push('bytes that are not UTF-8 were replaced by U+FFFD');
  if (decoded.includes('\0')) notes.push('NUL characters were removed');
  return {
    text: decoded.replaceAll('\0', '').replaceAll('\r\n', '\n').replaceAll('\r', '\n'),
    note: notes.length > 0 ? `imported, but ${notes.join(' and ')}` : null,
  };
}
