// What somebody types to search, read into words: "…" keeps words together, - leaves out, or is either. The last word is the
// beginning of one, as it is while somebody types.

/** Words that stand next to each other. */
export interface SearchTerm {
  text: string;
  /** Whether the last of them is the beginning of a word. */
  prefix: boolean;
  /** Whether it must not be there. */
  not: boolean;
}

/** Alternatives of terms that must all hold; none is there when nothing is looked for. */
export type SearchTerms = readonly (readonly SearchTerm[])[];

/** Whatever is typed means something: there is nothing to refuse. */
export function termsOf(typed: string): SearchTerms {
  const alternatives: SearchTerm[][] = [[]];
  let last: SearchTerm | undefined;
  for (const [, minus, quoted, word] of storable(typed).matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
    if (word?.toLowerCase() === 'or' && minus === '') {
      alternatives.push([]);
      last = undefined;
      continue;
    }
    const term = { text: quoted ?? word ?? '', prefix: false, not: minus === '-' };
    alternatives.at(-1)?.push(term);
    last = quoted === undefined && !term.not ? term : undefined;
  }
  if (last) last.prefix = true;
  return alternatives.filter((terms) => terms.some(({ not }) => !not));
}

/** PostgreSQL keeps neither U+0000 nor half a character. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', ' ');

const BEGINNING = 3;

/** A word, or one character of a script that sets no spaces between words. */
const WORD =
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]|(?:(?![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}])[\p{L}\p{N}\p{M}])+/gu;

/** As the database compares words (search_fold). What differs costs a mark in a highlight and no hit. */
const fold = (word: string): string =>
  word
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[ςøłđıßæœ]/g, (letter) => FOLDED[letter] ?? letter);
const FOLDED: Record<string, string> = { ς: 'σ', ø: 'o', ł: 'l', đ: 'd', ı: 'i', ß: 'ss', æ: 'ae', œ: 'oe' };

export interface Marked {
  text: string;
  isMatch: boolean;
}

/** Says which words of a text are looked for. */
export function markerOf(terms: SearchTerms): (text: string) => Marked[] {
  const whole = new Set<string>();
  const beginnings: string[] = [];
  for (const { text, prefix, not } of terms.flat()) {
    if (not) continue;
    const words = [...text.matchAll(WORD)].map(([word]) => fold(word));
    const last = words.at(-1);
    if (prefix && last !== undefined && last.length >= BEGINNING) beginnings.push(last);
    for (const word of words) whole.add(word);
  }
  const isMatch = (word: string): boolean => {
    const folded = fold(word);
    return whole.has(folded) || beginnings.some((beginning) => folded.startsWith(beginning));
  };
  return (text) => {
    const parts: Marked[] = [];
    const add = (piece: string, match: boolean): void => {
      const before = parts.at(-1);
      if (before?.isMatch === match) before.text += piece;
      else if (piece !== '') parts.push({ text: piece, isMatch: match });
    };
    let from = 0;
    for (const { 0: word, index } of text.matchAll(WORD)) {
      add(text.slice(from, index), false);
      add(word, isMatch(word));
      from = index + word.length;
    }
    add(text.slice(from), false);
    return parts;
  };
}

const BEFORE = 60;
const AROUND = 240;

/** A stretch of a text around the first word that is marked; all of it when it is short. */
export function excerptOf(parts: readonly Marked[]): Marked[] {
  const first = parts.findIndex(({ isMatch }) => isMatch);
  const excerpt: Marked[] = [];
  let length = 0;
  for (const [index, { text, isMatch }] of parts.entries()) {
    if (index < first - 1 || length >= AROUND) continue;
    const piece = cut(text, { end: AROUND - length, start: index === first - 1 ? BEFORE : null });
    excerpt.push({ text: piece, isMatch });
    length += piece.length;
  }
  return excerpt;
}

/** At most `start` characters of its end, or `end` of its beginning, whole characters and with … where something is cut. */
function cut(text: string, { start, end }: { start: number | null; end: number }): string {
  const most = start ?? end;
  if (text.length <= most) return text;
  return start === null ? `${text.slice(0, most).toWellFormed()}…` : `…${text.slice(-most).toWellFormed()}`;
}
