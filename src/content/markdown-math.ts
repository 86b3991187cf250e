// Formulas in Markdown: `$x^2$` and `$$x$$` within a text. One dollar means money as often as not, so a formula between
// two single ones has no space inside at its ends, no digit after it, and looks like one; between more there are no such
// rules. Nothing is escaped within a formula.

import type { Literal } from 'mdast';
import type { CompileContext, Extension as FromMarkdown, Token } from 'mdast-util-from-markdown';
import type { Handle, Options as ToMarkdown } from 'mdast-util-to-markdown';
import { markdownLineEnding, markdownLineEndingOrSpace } from 'micromark-util-character';
import type { Code, Construct, Effects, Extension, State, TokenizeContext } from 'micromark-util-types';

/** A formula in a line; `isDisplayed` when it stands between two dollars, which makes a block of it where it stands alone. */
export interface InlineMath extends Literal {
  type: 'inlineMath';
  isDisplayed?: boolean;
  /** It is all there is in its paragraph, and yet no block. */
  isAlone?: boolean;
}

declare module 'mdast' {
  interface PhrasingContentMap {
    inlineMath: InlineMath;
  }
  interface RootContentMap {
    inlineMath: InlineMath;
  }
}

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    mathText: 'mathText';
    mathTextSequence: 'mathTextSequence';
    mathTextData: 'mathTextData';
  }
}

const DOLLAR = 36;
const LOOKS_LIKE_FORMULA = /[\\^_={}]|^[A-Za-z]$/;
/** Of characters between dollars: looking for the end of what is no formula takes no longer. */
const LONGEST = 1_000;

/** Only what looks like a formula stands between single dollars: "$5 and $10" does not. */
export const looksLikeFormula = (text: string): boolean => LOOKS_LIKE_FORMULA.test(text);

const construct: Construct = {
  name: 'mathText',
  previous(code) {
    return code !== DOLLAR || this.events.at(-1)?.[1].type === 'characterEscape';
  },
  tokenize,
};

export const mathText: Extension = { text: { [DOLLAR]: construct } };

function tokenize(this: TokenizeContext, effects: Effects, ok: State, nok: State): State {
  let opened = 0;
  let closed = 0;
  let length = 0;
  let content = '';
  let last: Code = null;
  let sequence: { type: string } | null = null;

  return (code) => {
    effects.enter('mathText');
    effects.enter('mathTextSequence');
    return open(code);
  };

  function open(code: Code): State | undefined {
    if (code === DOLLAR) {
      effects.consume(code);
      opened += 1;
      return open;
    }
    if (opened === 1 && (code === null || markdownLineEndingOrSpace(code))) return nok(code);
    effects.exit('mathTextSequence');
    return between(code);
  }

  function between(code: Code): State | undefined {
    length += 1;
    if (code === null || length > LONGEST) return nok(code);
    if (code === DOLLAR) {
      sequence = effects.enter('mathTextSequence');
      closed = 0;
      return close(code);
    }
    if (markdownLineEnding(code)) {
      if (opened === 1) return nok(code);
      effects.enter('lineEnding');
      effects.consume(code);
      effects.exit('lineEnding');
      last = code;
      return between;
    }
    effects.enter('mathTextData');
    return data(code);
  }

  function data(code: Code): State | undefined {
    if (code === null || code === DOLLAR || markdownLineEnding(code) || length > LONGEST) {
      effects.exit('mathTextData');
      return between(code);
    }
    length += 1;
    content += code > 0 ? String.fromCharCode(code) : ' ';
    last = code;
    effects.consume(code);
    return data;
  }

  function close(code: Code): State | undefined {
    if (code === DOLLAR) {
      effects.consume(code);
      closed += 1;
      return close;
    }
    const isEnd = closed === opened && (opened > 1 || mayEnd(last, code));
    if (isEnd && (opened > 1 || looksLikeFormula(content))) {
      effects.exit('mathTextSequence');
      effects.exit('mathText');
      return ok(code);
    }
    if (isEnd || opened === 1 || sequence === null) return nok(code);
    sequence.type = 'mathTextData';
    content += '$'.repeat(closed);
    last = DOLLAR;
    return data(code);
  }
}

const BACKSLASH = 92;

const mayEnd = (last: Code, next: Code): boolean =>
  !(last === null || markdownLineEndingOrSpace(last) || last === BACKSLASH) &&
  !(next !== null && next >= 48 && next <= 57);

/** `inlineMath` nodes out of the tokens. */
export const mathFromMarkdown: FromMarkdown = {
  enter: {
    mathText(this: CompileContext) {
      this.buffer();
    },
    mathTextData(this: CompileContext, token: Token) {
      this.config.enter.data?.call(this, token);
    },
  },
  exit: {
    mathText(this: CompileContext, token: Token) {
      const value = this.resume();
      const isDisplayed = /^\$\$(?!\$)/.test(this.sliceSerialize(token));
      this.enter({ type: 'inlineMath', value: unpadded(value.replace(/\n/g, ' ')), isDisplayed }, token);
      this.exit(token);
    },
    mathTextData(this: CompileContext, token: Token) {
      this.config.exit.data?.call(this, token);
    },
  },
};

/** One space on both sides keeps dollars at the ends of a formula from those around it, as in code. */
const unpadded = (text: string): string => (/^ .*[^ ].* $/.test(text) ? text.slice(1, -1) : text);

const writeMath: Handle = (node: InlineMath, _, _state, info) => {
  const { value } = node;
  const isPlain = !value.includes('$') && looksLikeFormula(value) && !/^\s|[\s\\]$|\n/.test(value);
  if (isPlain && !node.isDisplayed && !/^[\d$]/.test(info.after) && !/[\\$]$/.test(info.before)) return `$${value}$`;
  const longest = Math.max(node.isAlone ? 2 : 1, ...(value.match(/\$+/g) ?? []).map(({ length }) => length));
  const fence = '$'.repeat(longest + 1);
  const needsPadding = /^\$|\$$/.test(value) || /^ .*[^ ].* $/.test(value);
  return `${fence}${needsPadding ? ` ${value} ` : value}${fence}`;
};

/** Formulas as text, and dollars that are none escaped. */
export const mathToMarkdown: ToMarkdown = {
  handlers: { inlineMath: Object.assign(writeMath, { peek: () => '$' }) },
  unsafe: [{ character: '$', inConstruct: 'phrasing' }],
};
