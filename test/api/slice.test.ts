import { buildSchema, GraphQLSchema, isInputObjectType, isInterfaceType, isObjectType, validateSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildGatewaySchema } from '../../src/api/schema.js';
import { printSdl, Slices, sliceSchema } from '../../src/api/slice.js';
import type { Actor } from '../../src/gate/actor.js';
import { ALL_BITS, type Capability, namesOf, withImplied } from '../../src/gate/capability.js';
import { connectionWith } from './toy-schema.js';

const { schema, rules } = buildGatewaySchema();

/** All sets of capabilities a connection can have: 128, less those with e-mail but without users. */
const sensibleSets = Array.from({ length: ALL_BITS + 1 }, (_, bits) => bits).filter(
  (bits) => withImplied(bits) === bits,
);

const sliceFor = (...capabilities: Capability[]): GraphQLSchema =>
  sliceSchema(schema, rules, connectionWith(...capabilities));
const fieldsOf = (slice: GraphQLSchema, typeName: string): string[] => {
  const type = slice.getType(typeName);
  return isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.keys(type.getFields()) : [];
};

describe('The slice of a connection', () => {
  test('there are 96 sensible sets of capabilities', () => {
    expect(sensibleSets).toHaveLength(96);
  });

  test('is a valid schema for each of them, and its SDL can be read back', () => {
    for (const bits of sensibleSets) {
      const slice = sliceFor(...namesOf(bits));
      expect(
        validateSchema(new GraphQLSchema({ ...slice.toConfig(), assumeValid: false })),
        namesOf(bits).join(),
      ).toEqual([]);
      expect(() => buildSchema(printSdl(slice))).not.toThrow();
    }
  });

  test('holds no field or input that its capabilities do not pass', () => {
    for (const bits of sensibleSets) {
      const slice = sliceFor(...namesOf(bits));
      for (const rule of [...rules.fields.values(), ...rules.inputs.values()]) {
        const [typeName = '', rest = ''] = rule.coordinate.split('.');
        const [fieldName = ''] = rest.split('(');
        if (rule.allows[bits] === 0)
          expect(fieldsOf(slice, typeName), `${rule.coordinate} ${namesOf(bits)}`).not.toContain(fieldName);
      }
    }
  });

  test('shows e-mail addresses and the filter on them to who may see them', () => {
    const slice = sliceFor('USER_READ', 'USER_READ_EMAIL');
    expect(fieldsOf(slice, 'Person')).toContain('email');
    expect(fieldsOf(slice, 'UserFilter')).toContain('email');
  });

  test('and neither to who may not', () => {
    const slice = sliceFor('USER_READ', 'CONTENT_READ');
    expect(fieldsOf(slice, 'Person').sort()).toEqual(['avatarUrl', 'id', 'name']);
    expect(fieldsOf(slice, 'UserFilter')).not.toContain('email');
  });

  test('leaves of a page nothing but its id to a connection that may only write', () => {
    expect(fieldsOf(sliceFor('CONTENT_UPDATE'), 'Page')).toEqual(['id']);
    expect(fieldsOf(sliceFor('CONTENT_UPDATE'), 'Query')).not.toContain('pages');
  });

  test('an interface promises only what each visible type keeps', () => {
    expect(fieldsOf(sliceFor(), 'User')).toEqual(['id']);
    expect(fieldsOf(sliceFor('USER_READ'), 'User').sort()).toEqual(['avatarUrl', 'id', 'name']);
  });
});

describe('Slices', () => {
  test('are built once for each capability set, kind and role, and the least used are let go', () => {
    const slices = new Slices(schema, rules);
    const reader = connectionWith('CONTENT_READ');
    const first = slices.for(reader);
    expect(slices.for(connectionWith('CONTENT_READ'))).toBe(first);
    expect(slices.for(connectionWith('USER_READ'))).not.toBe(first);
    const person: Actor = {
      kind: 'PERSON',
      workspaceId: reader.workspaceId,
      personId: reader.workspaceId,
      role: 'MEMBER',
      bits: reader.bits,
    };
    expect(slices.for(person)).not.toBe(first);
    for (let bits = 0; bits <= ALL_BITS; bits++) slices.for({ ...reader, bits: bits === reader.bits ? 0 : bits });
    expect(slices.for(reader)).not.toBe(first);
  });
});
