// What becomes of the values of a column that gets another type: each goes by way of its text, and is empty where the new
// type cannot read that (docs/decisions/0020).

import { comparableText, type RichTextSpan } from '../content/rich-text.js';
import { type Id, newId } from '../lib/id.js';
import { dateOfText, textOfDate } from './date-text.js';
import type { DateSpan, PropertySchema, PropertyType, SelectOption, StoredValue } from './property.js';

/** Types whose values become each other's. */
export const CONVERTIBLE = ['TEXT', 'NUMBER', 'SELECT', 'DATE'] as const satisfies readonly PropertyType[];
export type Convertible = (typeof CONVERTIBLE)[number];

export const isConvertible = (type: PropertyType): type is Convertible =>
  (CONVERTIBLE as readonly PropertyType[]).includes(type);

/** Makes an option for each text it has not seen, as long as there is room. */
export class OptionMaker {
  private readonly idOf = new Map<string, Id>();

  constructor(
    /** Those there are; new ones are added at the end. */
    readonly options: SelectOption[],
    private readonly make: (id: Id, name: string) => SelectOption,
    private readonly limits: { maxOptions: number; maxNameLength: number },
  ) {
    for (const { id, name } of options) if (!this.idOf.has(name)) this.idOf.set(name, id);
  }

  /** Undefined for what is no name, and when there is no more room. */
  optionFor(text: string): Id | undefined {
    const name = text.trim();
    const known = this.idOf.get(name);
    if (known !== undefined) return known;
    if (name === '' || name.length > this.limits.maxNameLength || /\p{Cc}/u.test(name)) return undefined;
    if (this.options.length >= this.limits.maxOptions) return undefined;
    const option = this.make(newId(), name);
    this.options.push(option);
    this.idOf.set(name, option.id);
    return option.id;
  }
}

/** A value of `from` as one of the type `to`; undefined where that type cannot hold it. */
export function converter(
  from: PropertySchema,
  to: Convertible,
  options: OptionMaker,
): (value: StoredValue) => StoredValue | undefined {
  return (value) => {
    const text = textOf(from, value);
    switch (to) {
      case 'TEXT':
        return text === '' ? undefined : [{ type: 'TEXT', text } satisfies RichTextSpan];
      case 'NUMBER':
        return numberOfText(text);
      case 'SELECT':
        return options.optionFor(text);
      case 'DATE':
        return dateOfText(text);
    }
  };
}

function textOf(column: PropertySchema, value: StoredValue): string {
  switch (column.type) {
    case 'TEXT':
      return comparableText(value as RichTextSpan[]);
    case 'SELECT':
      return column.options.find(({ id }) => id === value)?.name ?? '';
    case 'DATE':
      return textOfDate(value as DateSpan);
    default:
      return String(value);
  }
}

const NUMBER = /^[+-]?(\d+(\.\d+)?|\.\d+)(e[+-]?\d+)?$/i;

function numberOfText(text: string): number | undefined {
  const digits = text.trim();
  const number = NUMBER.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
