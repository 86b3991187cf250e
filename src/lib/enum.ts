// Enums are tuples of names in the code and enum types at the door; this makes the one from the other.

import { registerEnumType } from 'type-graphql';

/** Registers a GraphQL enum whose values are their own names. `describe` gives each value its sentence. */
export function enumType<Name extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Name, string>>,
): Record<Name, Name> {
  const names = Object.keys(values) as Name[];
  const type = Object.fromEntries(names.map((value) => [value, value])) as Record<Name, Name>;
  registerEnumType(type, {
    name,
    description,
    valuesConfig: Object.fromEntries(names.map((value) => [value, { description: values[value] }])) as never,
  });
  return type;
}
