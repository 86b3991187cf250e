// Where a link in a page or cell leads: to a page or database of the export, to an attachment, to the web, or nowhere.

import { posix } from 'node:path';
import type { LinkTarget, ResolveLink } from '../content/markdown-dialect.js';
import { decodeLink } from '../content/web-address.js';
import type { Id } from '../lib/id.js';
import { parseFileName, parseName } from './names.js';

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const UNSAFE = /^(javascript|vbscript|data|file|blob):/i;
const NOTION_HOST = /^https?:\/\/([a-z0-9-]+\.)*notion\.(so|site|com)\//i;
const HEX_32 = /([0-9a-f]{32})(?![0-9a-f])/gi;

/** What exists in the export, by path and by id. Filled while the plan is made. */
export class LinkIndex {
  readonly #byPath = new Map<string, LinkTarget>();
  readonly #byId = new Map<Id, Id>();

  /** Links to `id`, or to a file with that id in its name, lead to `resourceId`. */
  addResource(id: Id, resourceId: Id = id): void {
    this.#byId.set(id, resourceId);
  }

  addFile(path: string, fileId: Id, name: string): void {
    this.#byPath.set(path.normalize('NFC'), { kind: 'FILE', path, fileId, name });
  }

  /** Resolves links written in the file at `sourcePath`. */
  from(sourcePath: string): ResolveLink {
    const folder = posix.dirname(sourcePath);
    return (href) => this.resolve(folder, href.trim());
  }

  resolve(folder: string, href: string): LinkTarget {
    if (SCHEME.test(href) || href.startsWith('//')) return this.#web(href);
    const relative = decodeLink(href.replace(/[?#].*$/s, ''));
    // A `#` or `?` may also belong to a name that was not encoded.
    return this.#relative(folder, relative) ?? this.#relative(folder, decodeLink(href)) ?? missing(folder, relative);
  }

  #web(href: string): LinkTarget {
    if (UNSAFE.test(href)) return { kind: 'UNSAFE' };
    if (NOTION_HOST.test(href)) {
      const address = href.replace(/[?#].*$/s, '');
      const hex = [...address.matchAll(HEX_32)].at(-1)?.[1];
      const id = hex && parseName(hex)?.id;
      const resourceId = id && this.#byId.get(id);
      if (resourceId) return { kind: 'RESOURCE', id: resourceId };
    }
    return { kind: 'WEB', url: href };
  }

  #relative(folder: string, path: string): LinkTarget | null {
    const full = joined(folder, path);
    const file = this.#byPath.get(full);
    if (file) return file;
    const named = parseFileName(posix.basename(full));
    const resourceId = named && this.#byId.get(named.id);
    return resourceId ? { kind: 'RESOURCE', id: resourceId } : null;
  }
}

function missing(folder: string, path: string): LinkTarget {
  const full = joined(folder, path);
  const named = parseFileName(posix.basename(full));
  return { kind: 'MISSING', path: full, id: named?.id ?? null, isDatabase: named !== null && named.kind !== 'PAGE' };
}

const joined = (folder: string, path: string): string => posix.join(folder, path).normalize('NFC');

const MARKDOWN_LINK = /\]\(<?((?:[^()\s<>]|\([^()\s]*\))+)>?(?:\s+"[^"]*")?\)/g;
const LOOSE_LINK = /\]\(((?:(?!\]\()[^\n])+?\.[A-Za-z0-9]{1,8})\)/g;
const HTML_LINK = /\b(?:src|href)="([^"]+)"/g;

/** The targets of all links in a Markdown text, without parsing it; code blocks do not count.
 *  `certain` are links to every parser, `loose` only to one that forgives names with spaces or odd parentheses. */
export function scanLinks(markdown: string): { certain: string[]; loose: string[] } {
  const text = withoutFences(markdown);
  const targets = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]!);
  return { certain: [...targets(MARKDOWN_LINK), ...targets(HTML_LINK)], loose: targets(LOOSE_LINK) };
}

function withoutFences(markdown: string): string {
  if (!/```|~~~/.test(markdown)) return markdown;
  let fence: string | null = null;
  return markdown
    .split('\n')
    .filter((line) => {
      const mark = /^\s*(?:>\s*|[-*+]\s+|\d+[.)]\s+)*(`{3,}|~{3,})/.exec(line)?.[1];
      if (fence === null) {
        if (mark) fence = mark;
        return !mark;
      }
      if (mark?.startsWith(fence) && line.trim() === mark) fence = null;
      return false;
    })
    .join('\n');
}
