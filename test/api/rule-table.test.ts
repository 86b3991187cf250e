import { readFileSync } from 'node:fs';
import { Directive, Field, InterfaceType, ObjectType, Query, Resolver } from 'type-graphql';
import { describe, expect, test } from 'vitest';
import { compileRules } from '../../src/api/rule-table.js';
import { bare, buildGatewaySchema, finish, guard } from '../../src/api/schema.js';
import { printSdl } from '../../src/api/slice.js';
import { toySchema } from './toy-schema.js';

const slipsOf = (sdl: string): string => {
  try {
    compileRules(toySchema(sdl));
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('A schema in which something has no rule, or a wrong one, does not build', () => {
  test('a field with a rule of its own builds', () => {
    expect(slipsOf('type Query { page: Int @open }')).toBe('');
  });

  test('a field without a rule is named', () => {
    expect(slipsOf('type Query { page: Int @open, secret: Int }')).toContain('Query.secret has no rule');
  });

  test('the rule of a type covers its fields', () => {
    expect(slipsOf('type Query { page: Page @open } type Page @open { title: String }')).toBe('');
  });

  test('but never its id', () => {
    const sdl =
      'type Query { page: Page @open } type Page @requires(anyOf: [[CONTENT_READ]]) { id: ID! title: String }';
    expect(slipsOf(sdl)).toContain('Page.id has no rule');
  });

  test('a guarded field that may not be null is named', () => {
    expect(slipsOf('type Query { page: Int! @requires(anyOf: [[CONTENT_READ]]) }')).toContain(
      'Query.page is guarded and must be nullable',
    );
  });

  test('a misspelt capability is named', () => {
    expect(slipsOf('type Query { page: Int @requires(anyOf: [[CONTENT_RAED]]) }')).toMatch(
      /Query\.page.*CONTENT_RAED/s,
    );
  });

  test('a directive nobody declared is named', () => {
    expect(slipsOf('type Query { page: Int @needs }')).toContain(
      'Query.page carries @needs, which no directive declares',
    );
  });

  test('a field looser than the interface it implements is named', () => {
    const sdl = `type Query { page: Page @open }
      interface Titled { title: String @requires(anyOf: [[CONTENT_READ]]) }
      type Page implements Titled @open { title: String }`;
    expect(slipsOf(sdl)).toContain('Page.title is looser than Titled.title');
  });

  test('a field stricter than the interface it implements builds', () => {
    const sdl = `type Query { page: Page @open }
      interface Titled { title: String @requires(anyOf: [[CONTENT_READ]]) }
      type Page implements Titled @requires(anyOf: [[CONTENT_READ]]) { title: String @requires(anyOf: [[USER_READ]]) }`;
    expect(slipsOf(sdl)).toBe('');
  });

  test('a filter input that does not say what it reads is named', () => {
    const sdl = 'type Query { pages(filter: PageFilter): Int @open } input PageFilter { title: String }';
    expect(slipsOf(sdl)).toContain('PageFilter.title looks at data');
  });

  test('an order input that reads a field that does not exist is named', () => {
    const sdl =
      'type Query { pages(by: PageOrder): Int @open } input PageOrder { title: String @reads(coordinate: "Page.name") }';
    expect(slipsOf(sdl)).toContain('PageOrder.title reads Page.name');
  });

  test('a guarded argument that is required, or has a default, is named', () => {
    const sdl = (type: string) => `type Query { pages(by: ${type} @requires(anyOf: [[USER_READ]])): Int @open }`;
    expect(slipsOf(sdl('Int!'))).toContain('Query.pages(by:) is guarded and must be optional');
    expect(slipsOf(sdl('Int = 1'))).toContain('Query.pages(by:) is guarded and must be optional');
    expect(slipsOf(sdl('Int'))).toBe('');
  });

  test('a second type whose name ends in "Connection" is named', () => {
    expect(slipsOf('type Query { pages: PageConnection @open } type PageConnection @open { total: Int }')).toContain(
      'call it PageList',
    );
  });

  test('all slips are named at once', () => {
    expect(slipsOf('type Query { one: Int, two: Int }')).toMatch(/Query\.one[\s\S]*Query\.two/);
  });
});

describe('The same holds for classes, where a slip is one forgotten decorator', () => {
  test('a class field without a directive stops the schema, naming it', () => {
    @ObjectType({ description: 'A note.' })
    class Note {
      @Field(() => String, { nullable: true, description: 'What it says.' })
      text!: string | null;
    }
    @Resolver()
    class NoteQueries {
      @Directive('@open')
      @Query(() => Note, { nullable: true, description: 'The note.' })
      note(): Note | null {
        return null;
      }
    }
    expect(() => guard(finish(bare([NoteQueries])))).toThrow('Note.text has no rule');
  });

  test('an interface field redeclared in a class loses its directive, and that is noticed', () => {
    @InterfaceType({ description: 'Has a name.' })
    abstract class Named {
      @Directive('@requires(anyOf: [[CONTENT_READ]])')
      @Field(() => String, { nullable: true, description: 'The name.' })
      name!: string | null;
    }
    @Directive('@open')
    @ObjectType({ implements: Named, description: 'Something.' })
    class Thing extends Named {
      @Field(() => String, { nullable: true, description: 'The name, again.' })
      override name!: string | null;
    }
    @Resolver()
    class ThingQueries {
      @Directive('@open')
      @Query(() => Thing, { nullable: true, description: 'The thing.' })
      thing(): Thing | null {
        return null;
      }
    }
    expect(() => guard(finish(bare([ThingQueries])))).toThrow('Thing.name is looser than Named.name');
  });

  test('a field without a description stops the schema, naming it', () => {
    @Resolver()
    class SilentQueries {
      @Directive('@open')
      @Query(() => String, { nullable: true })
      silent(): string | null {
        return null;
      }
    }
    expect(() => guard(finish(bare([SilentQueries])))).toThrow('Query.silent has no description');
  });
});

describe('The schema of the gateway', () => {
  const { schema, rules } = buildGatewaySchema();

  test('is the one that is committed', () => {
    expect(printSdl(schema)).toBe(readFileSync('schema/gatehouse.graphql', 'utf8'));
  });

  test('has these guards, and a change of them is reviewed', () => {
    const guarded = [...rules.fields.values(), ...rules.inputs.values()]
      .filter((rule) => rule.allows.includes(0) || rule.actors.length > 0)
      .map(({ coordinate, needs, actors }) =>
        [
          `${coordinate}:`,
          needs.map((all) => all.join(' and ')).join(', or '),
          ...actors.map(({ kinds, role }) => `${kinds.join(' or ')}${role ? ` from ${role} on` : ''}`),
        ]
          .filter(Boolean)
          .join(' '),
      );
    expect(guarded.sort().join('\n')).toMatchSnapshot();
  });

  test('leaves these fields open, and a change of them is reviewed', () => {
    const open = [...rules.fields.values()].filter((rule) => !rule.allows.includes(0) && rule.actors.length === 0);
    expect(
      open
        .map(({ coordinate }) => coordinate)
        .sort()
        .join('\n'),
    ).toMatchSnapshot();
  });
});
