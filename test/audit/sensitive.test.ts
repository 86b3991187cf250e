// What the schema calls @sensitive stays out of the log as well: whoever declares another such field learns it here.

import {
  type ConstDirectiveNode,
  type GraphQLArgument,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildGatewaySchema } from '../../src/api/schema.js';
import { REDACTED } from '../../src/audit/entry.js';
import { withoutSensitive } from '../../src/audit/sensitive.js';

const { schema } = buildGatewaySchema();

interface Sensitive {
  /** `Type.field` or `Type.field(argument:)`. */
  at: string;
  name: string;
  dataClass: string;
}

type Declared = {
  name: string;
  astNode?: { directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
};

/** Everything that carries @sensitive. Content has no place in entries at all: they name pages by their ids. */
const sensitive = Object.values(schema.getTypeMap()).flatMap((type): Sensitive[] => {
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [];
  const found = ({ name, astNode }: Declared, at: string): Sensitive[] => {
    const dataClass = classOf(astNode?.directives ?? []);
    return dataClass === undefined || dataClass === 'CONTENT' ? [] : [{ at, name, dataClass }];
  };
  return Object.values(type.getFields()).flatMap((field) => [
    ...found(field, `${type.name}.${field.name}`),
    ...('args' in field ? field.args : []).flatMap((arg: GraphQLArgument) =>
      found(arg, `${type.name}.${field.name}(${arg.name}:)`),
    ),
  ]);
});

function classOf(directives: readonly ConstDirectiveNode[]): string | undefined {
  const [argument] = directives.find(({ name }) => name.value === 'sensitive')?.arguments ?? [];
  return argument?.value.kind === Kind.ENUM ? argument.value.value : undefined;
}

describe('A field that is @sensitive', () => {
  test('was found at all', () => {
    expect(sensitive.map(({ at }) => at)).toEqual(
      expect.arrayContaining(['Person.email', 'Person.name', 'UserFilter.email', 'CreateConnectionPayload.token']),
    );
  });

  test.each(sensitive)('$at is redacted in entries about people', ({ name }) => {
    expect(withoutSensitive('person.updated', { [name]: 'x', role: 'OWNER' })).toEqual({
      [name]: REDACTED,
      role: 'OWNER',
    });
  });

  test.each(sensitive.filter(({ dataClass }) => dataClass !== 'PERSON_NAME'))(
    '$at is redacted in every entry',
    ({ name }) => {
      expect(withoutSensitive('connection.updated', { [name]: 'x' })).toEqual({ [name]: REDACTED });
    },
  );
});
