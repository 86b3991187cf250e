// The DateTime scalar: RFC 3339 in UTC with milliseconds. It takes a Date or the text PostgreSQL prints, because
// hot reads carry timestamps as text and parsing them would cost more than it gives.

import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const POSTGRES_TEXT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** RFC 3339 text of a Date or of PostgreSQL's text in UTC. */
export function toRfc3339(value: Date | string): string {
  if (value instanceof Date) return value.toISOString();
  if (!POSTGRES_TEXT.test(value)) return new Date(value).toISOString();
  const fraction = value
    .slice(20, value.length - 3)
    .slice(0, 3)
    .padEnd(3, '0');
  return `${value.slice(0, 10)}T${value.slice(11, 19)}.${fraction}Z`;
}

/** The instant `text` names, or an error that says what was expected. */
export function parseInstant(text: unknown): Date {
  const instant = typeof text === 'string' && RFC_3339.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(instant.getTime())) {
    throw new GraphQLError(
      `DateTime expects a time like "2026-11-22T09:30:00Z", but got: ${JSON.stringify(text)?.slice(0, 60)}`,
    );
  }
  return instant;
}

export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'An instant, written as RFC 3339 in UTC: `2026-11-22T09:30:00.000Z`.',
  serialize: (value) => toRfc3339(value as Date | string),
  parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : undefined),
});
