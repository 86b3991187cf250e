import type { GraphQLSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { PersonActor } from '../../src/gate/actor.js';
import { bitsOf } from '../../src/gate/capability.js';
import { newId } from '../../src/lib/id.js';
import { askToy, connectionWith, guardedToy } from './toy-schema.js';

const reader = connectionWith('CONTENT_READ');
const nobody = connectionWith();

describe('A guarded field', () => {
  const page = (access: number) => ({ id: '1', title: 'Plans', access });
  const schema = (access: number): GraphQLSchema =>
    guardedToy(
      `type Query { pages: [Page] @open }
       type Page @requires(anyOf: [[CONTENT_READ]]) { id: ID @open, title: String }`,
      { 'Query.pages': () => [page(access), page(access)] },
    );
  const read = bitsOf(['CONTENT_READ']);

  test('answers where the object has the bit', async () => {
    expect(await askToy(schema(read), reader, '{ pages { title } }')).toEqual({
      data: { pages: [{ title: 'Plans' }, { title: 'Plans' }] },
    });
  });

  test('answers null and one receipt where it has not, however many objects there are', async () => {
    expect(await askToy(schema(0), reader, '{ all: pages { id name: title } }')).toEqual({
      data: {
        all: [
          { id: '1', name: null },
          { id: '1', name: null },
        ],
      },
      extensions: {
        redactions: [{ coordinate: 'Page.title', path: 'all.name', needs: [['CONTENT_READ']], count: 2 }],
      },
    });
  });

  test("is decided on the object's bits even when the connection as a whole has more", async () => {
    const strong = connectionWith('CONTENT_READ', 'CONTENT_UPDATE');
    const answer = await askToy(schema(bitsOf(['CONTENT_UPDATE'])), strong, '{ pages { title } }');
    expect(answer.data).toEqual({ pages: [{ title: null }, { title: null }] });
  });

  test.each([
    ['on the operation', 'query @whenDenied(behave: ERROR) { pages { title } }', {}],
    ['on the field', '{ pages { title @whenDenied(behave: ERROR) } }', {}],
    ['by a variable', 'query ($d: Denial!) { pages { title @whenDenied(behave: $d) } }', { d: 'ERROR' }],
  ])('answers with an error where @whenDenied says so, %s', async (_where, document, variables) => {
    const { errors, extensions } = await askToy(schema(0), reader, document, variables);
    expect(errors?.[0]?.extensions).toEqual({ code: 'CAPABILITY_MISSING', needs: [['CONTENT_READ']] });
    expect(errors?.[0]?.path).toEqual(['pages', 0, 'title']);
    expect(extensions).toBeUndefined();
  });

  test('stays null where @whenDenied asks for less than the schema demands', async () => {
    const strict = guardedToy(
      'type Query { page: Page @open } type Page { title: String @requires(anyOf: [[CONTENT_READ]], whenDenied: ERROR) }',
      {
        'Query.page': () => page(0),
      },
    );
    const { errors } = await askToy(strict, reader, '{ page { title @whenDenied(behave: NULL) } }');
    expect(errors).toHaveLength(1);
  });

  test('is never shown for an object that was read without its bits', async () => {
    const careless = guardedToy(
      'type Query { page: Page @open } type Page { title: String @requires(anyOf: [[CONTENT_READ]]) }',
      {
        'Query.page': () => ({ title: 'Plans' }),
      },
    );
    const { data, errors } = await askToy(careless, reader, '{ page { title } }');
    expect(data).toEqual({ page: { title: null } });
    expect(errors?.[0]?.message).toContain('A Page was read without its access bits');
  });
});

describe('A root query', () => {
  const schema = guardedToy('type Query { pages: Int @requires(anyOf: [[CONTENT_READ]]), me: Int @open }', {
    'Query.pages': () => 3,
    'Query.me': () => 1,
  });

  test('answers who has the capability', async () => {
    expect(await askToy(schema, reader, '{ pages me }')).toEqual({ data: { pages: 3, me: 1 } });
  });

  test('answers with an error who has not, and its siblings all the same', async () => {
    const { data, errors } = await askToy(schema, nobody, '{ pages me }');
    expect(data).toEqual({ pages: null, me: 1 });
    expect(errors?.map((error) => error.extensions)).toEqual([
      { code: 'CAPABILITY_MISSING', needs: [['CONTENT_READ']] },
    ]);
  });
});

describe('A mutation', () => {
  const ran: string[] = [];
  const run = (name: string) => {
    ran.push(name);
    return { done: true, userErrors: [] };
  };
  const schema = guardedToy(
    `type Query { me: Int @open }
     type Mutation {
       edit(title: String): EditPayload! @requires(anyOf: [[CONTENT_UPDATE]])
       note: EditPayload! @open
       own: EditPayload! @actor(kinds: [PERSON], role: OWNER) }
     type EditPayload @open { done: Boolean userErrors: [UserError!]! }
     interface UserError { code: String @open message: String @open }
     type CapabilityError implements UserError @open { code: String message: String needs: [[Capability!]!] }
     type FieldError implements UserError @open { code: String message: String }`,
    {
      'Mutation.edit': () => run('edit'),
      'Mutation.note': () => run('note'),
      'Mutation.own': () => run('own'),
    },
  );
  const ask = 'mutation { edit { done userErrors { __typename code } } note { done } }';

  test('runs for who may', async () => {
    ran.length = 0;
    const { data } = await askToy(schema, connectionWith('CONTENT_UPDATE'), ask);
    expect(data).toEqual({ edit: { done: true, userErrors: [] }, note: { done: true } });
    expect(ran).toEqual(['edit', 'note']);
  });

  test('does not run for who may not, says so in its payload, and its siblings run', async () => {
    ran.length = 0;
    const { data, errors } = await askToy(schema, reader, ask);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      edit: { done: null, userErrors: [{ __typename: 'CapabilityError', code: 'CAPABILITY_MISSING' }] },
      note: { done: true },
    });
    expect(ran).toEqual(['note']);
  });

  const person = (role: PersonActor['role']): PersonActor => ({
    kind: 'PERSON',
    workspaceId: newId(),
    personId: newId(),
    role,
    bits: 127,
  });

  test('for owners runs for an owner', async () => {
    const { data } = await askToy(schema, person('OWNER'), 'mutation { own { done } }');
    expect(data).toEqual({ own: { done: true } });
  });

  test.each([
    ['a member', person('MEMBER')],
    ['a connection', connectionWith('CONTENT_READ', 'CONTENT_UPDATE')],
  ])('for owners is FORBIDDEN in the payload of %s', async (_who, actor) => {
    const { data } = await askToy(schema, actor, 'mutation { own { done userErrors { __typename code } } }');
    expect(data).toEqual({ own: { done: null, userErrors: [{ __typename: 'FieldError', code: 'FORBIDDEN' }] } });
  });
});

describe('Input that looks at a hidden field', () => {
  const schema = guardedToy(
    `type Query { people(filter: PersonFilter, by: [PersonOrder!]): [Person] @open }
     type Person { id: ID @open, email: String @requires(anyOf: [[USER_READ_EMAIL]]) }
     input PersonFilter { id: ID @open, email: TextFilter @reads(coordinate: "Person.email"), and: [PersonFilter!] @open }
     input TextFilter { eq: String @open }
     input PersonOrder { email: Direction @reads(coordinate: "Person.email"), id: Direction @open }
     enum Direction { ASC DESC }`,
    { 'Query.people': () => [] },
  );
  const open = connectionWith('USER_READ', 'USER_READ_EMAIL');
  const blind = connectionWith('USER_READ');

  const touching: [string, string, Record<string, unknown>?][] = [
    ['a literal', '{ people(filter: { email: { eq: "a" } }) { id } }'],
    ['an explicit null', '{ people(filter: { email: null }) { id } }'],
    ['a whole variable', 'query ($f: PersonFilter) { people(filter: $f) { id } }', { f: { email: { eq: 'a' } } }],
    [
      'a variable inside a literal',
      'query ($e: TextFilter) { people(filter: { email: $e }) { id } }',
      { e: { eq: 'a' } },
    ],
    ['a null in a variable', 'query ($e: TextFilter) { people(filter: { email: $e }) { id } }', { e: null }],
    ['a default of a variable', 'query ($e: TextFilter = { eq: "a" }) { people(filter: { email: $e }) { id } }'],
    ['a nested filter', '{ people(filter: { and: [{ and: [{ email: { eq: "a" } }] }] }) { id } }'],
    ['one value taken for a list', '{ people(filter: { and: { email: { eq: "a" } } }) { id } }'],
    ['a sort key', '{ people(by: [{ id: ASC }, { email: ASC }]) { id } }'],
  ];

  test.each(touching)('is refused: %s', async (_how, document, variables) => {
    const { data, errors } = await askToy(schema, blind, document, variables);
    expect(data).toEqual({ people: null });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CAPABILITY_MISSING', needs: [['USER_READ_EMAIL']] });
  });

  test.each(touching)('is taken from who may see the field: %s', async (_how, document, variables) => {
    expect(await askToy(schema, open, document, variables)).toEqual({ data: { people: [] } });
  });

  test.each([
    ['another field', '{ people(filter: { id: "1" }) { id } }'],
    ['an absent variable', 'query ($e: TextFilter) { people(filter: { email: $e }) { id } }'],
    ['a null filter', '{ people(filter: null) { id } }'],
    ['no filter', '{ people { id } }'],
  ])('is not touched by %s', async (_how, document) => {
    expect(await askToy(schema, blind, document)).toEqual({ data: { people: [] } });
  });
});
