// Whether bytes are what their name says. Types that show in the bytes are looked for there; what does not show (text, CSV,
// SVG) is believed, as whatever is stored is only ever handed out to be saved.

import { fileTypeFromFile, supportedMimeTypes } from 'file-type';
import { Refusal } from '../lib/refusal.js';

/** A container that others look like from outside, as far as its bytes were read. */
const SEEN_AS: Readonly<Record<string, readonly RegExp[]>> = {
  'application/zip': [/^application\/vnd\.(openxmlformats|oasis)/, /^application\/epub\+zip$/],
  'application/x-cfb': [/^application\/(msword|vnd\.ms-(excel|powerpoint))$/],
  'application/xml': [/^image\/svg\+xml$/, /^text\/html$/],
};

/** Types that are called in several ways. */
const SAME: readonly RegExp[] = [
  /^(audio|video)\/(mp4|x-m4a|x-m4v|m4v|quicktime)$/,
  /^image\/(vnd\.microsoft\.icon|x-icon)$/,
  /^video\/(x-msvideo|vnd\.avi|avi)$/,
  /^audio\/(x-)?flac$/,
  /^audio\/(vnd\.wave|x-wav|wav)$/,
  /^(audio|video|application)\/ogg$/,
  /^(video|audio)\/(webm|matroska|x-matroska)$/,
  /^image\/(heic|heif|heic-sequence|heif-sequence)$/,
  /^application\/(x-)?gzip$/,
];

const ANYTHING = 'application/octet-stream';

/** The type to store for bytes whose name promises `expected`. Refused (`INVALID`): bytes of another type, and bytes without
 *  the marks of a type that has some. */
export async function contentTypeOfBytes(path: string, expected: string): Promise<string> {
  const found = (await fileTypeFromFile(path))?.mime.split(';')[0] ?? null;
  if (expected === ANYTHING) return found ?? ANYTHING;
  if (found === null) {
    if (!(supportedMimeTypes as ReadonlySet<string>).has(expected) && !SAME.some((same) => same.test(expected)))
      return expected;
    throw new Refusal('INVALID', `The bytes should be ${expected}, by the name of the file, but are not.`);
  }
  const fits =
    found === expected ||
    SEEN_AS[found]?.some((type) => type.test(expected)) ||
    SAME.some((same) => same.test(found) && same.test(expected));
  if (fits) return expected;
  throw new Refusal('INVALID', `The bytes should be ${expected}, by the name of the file, but are ${found}.`);
}
