// What graphql-jit gets to see: a shadow of the schema without arguments, input types and directives, and a shadow of
// the document without arguments, variables and directives. Nothing a client wrote reaches the generated code but
// names; everything else is graphql-js's own work, done while the operation runs.

import {
  type ArgumentNode,
  type DocumentNode,
  defaultTypeResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLSchema,
  type GraphQLTypeResolver,
  GraphQLUnionType,
  getArgumentValues,
  isInterfaceType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** What travels as the context of a compiled operation. */
export interface Running {
  ctx: unknown;
  variables: Record<string, unknown>;
  /** Coerced arguments of fields that take some, by their first node. */
  args: Map<FieldNode, Record<string, unknown>>;
}

type Resolver = GraphQLFieldResolver<unknown, unknown>;
type Info = { -readonly [K in keyof GraphQLResolveInfo]: GraphQLResolveInfo[K] };

/** A schema of the same output types, whose resolvers unpack `Running` and call those of `schema`; `null` when
 *  something in `schema` is beyond what compiled code does as graphql-js would. */
export function shadowSchema(schema: GraphQLSchema): GraphQLSchema | null {
  const shadows = new Map<string, GraphQLNamedType>();
  const coordinates = new Set<string>();
  let faithful = true;

  const shadowOf = <T extends GraphQLOutputType>(type: T): T => {
    if (isNonNullType(type)) return new GraphQLNonNull(shadowOf(type.ofType as never)) as never;
    if (isListType(type)) return new GraphQLList(shadowOf(type.ofType as GraphQLOutputType)) as never;
    return (shadows.get((type as GraphQLNamedType).name) ?? type) as never;
  };
  const fieldsOf = (type: GraphQLObjectType | GraphQLInterfaceType) => () =>
    Object.fromEntries(
      Object.values(type.getFields()).map((field): [string, GraphQLFieldConfig<unknown, unknown>] => [
        field.name,
        { type: shadowOf(field.type), ...(isObjectType(type) && { resolve: resolverOf(field) }) },
      ]),
    );
  const interfacesOf = (type: GraphQLObjectType | GraphQLInterfaceType) => () =>
    type.getInterfaces().map((parent) => shadows.get(parent.name) as GraphQLInterfaceType);

  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isLeafType(type)) continue;
    const { name } = type;
    if (isObjectType(type)) {
      // Compiled code asks isTypeOf without context, and names resolvers by type and field in one word.
      if (type.isTypeOf || name.includes('_')) faithful = false;
      for (const field of Object.values(type.getFields())) {
        if (coordinates.has(name + field.name)) faithful = false;
        coordinates.add(name + field.name);
      }
      shadows.set(name, new GraphQLObjectType({ name, fields: fieldsOf(type), interfaces: interfacesOf(type) }));
    } else if (isInterfaceType(type)) {
      const resolveType = typeResolverOf(type);
      shadows.set(
        name,
        new GraphQLInterfaceType({ name, fields: fieldsOf(type), interfaces: interfacesOf(type), resolveType }),
      );
    } else if (isUnionType(type)) {
      const types = () => type.getTypes().map((member) => shadows.get(member.name) as GraphQLObjectType);
      shadows.set(name, new GraphQLUnionType({ name, types, resolveType: typeResolverOf(type) }));
    }
  }
  const root = (type: GraphQLObjectType | null | undefined) =>
    type ? (shadows.get(type.name) as GraphQLObjectType) : undefined;
  return faithful
    ? new GraphQLSchema({
        query: root(schema.getQueryType()),
        mutation: root(schema.getMutationType()),
        subscription: root(schema.getSubscriptionType()),
        types: [...shadows.values()],
        assumeValid: true,
      })
    : null;
}

/** Every field has one: a value that is a function is called, and a getter that throws is that field's error. */
function resolverOf(field: GraphQLField<unknown, unknown>): Resolver {
  const resolve = field.resolve ?? propertyOf(field.name);
  const unpacked: Resolver = (row, _none, running, info) => {
    const { ctx, variables } = running as Running;
    (info as Info).variableValues = variables;
    return resolve(row, {}, ctx, info);
  };
  const withArguments: Resolver = (row, _none, running, info) => {
    const { ctx, variables, args } = running as Running;
    (info as Info).variableValues = variables;
    const [node] = info.fieldNodes as [FieldNode];
    const values = args.get(node) ?? getArgumentValues(field, node, variables);
    args.set(node, values);
    return resolve(row, values, ctx, info);
  };
  const called = field.args.length === 0 ? unpacked : withArguments;
  const depth = listDepth(field.type);
  if (depth === 0) return called;
  return (row, none, running, info) => {
    const value = called(row, none, running, info);
    return isPromise(value) ? value.then((items) => plainList(items, depth, info)) : plainList(value, depth, info);
  };
}

const propertyOf =
  (name: string): Resolver =>
  (row, args, ctx, info) => {
    if (row === null || (typeof row !== 'object' && typeof row !== 'function')) return undefined;
    const value = (row as Record<string, unknown>)[name];
    return typeof value === 'function' ? value.call(row, args, ctx, info) : value;
  };

const listDepth = (type: GraphQLOutputType): number =>
  isNonNullType(type)
    ? listDepth(type.ofType as GraphQLOutputType)
    : isListType(type)
      ? 1 + listDepth(type.ofType as GraphQLOutputType)
      : 0;

/** Compiled code walks a list outside any `try`, and loses the place of an item that rejects late: it only ever gets
 *  arrays of settled items, an item that failed being an Error. */
function plainList(value: unknown, depth: number, info: GraphQLResolveInfo): unknown {
  if (depth === 0 || value == null || value instanceof Error) return value;
  if (typeof value !== 'object' || typeof (value as Iterable<unknown>)[Symbol.iterator] !== 'function') {
    throw new GraphQLError(
      `Expected Iterable, but did not find one for field "${info.parentType.name}.${info.fieldName}".`,
    );
  }
  const items = Array.isArray(value) ? value : Array.from(value as Iterable<unknown>);
  if (depth === 1 && !items.some(isPromise)) return items;
  const settled = items.map((item) => settle(item, depth - 1, info));
  return settled.some(isPromise) ? Promise.all(settled) : settled;
}

function settle(item: unknown, depth: number, info: GraphQLResolveInfo): unknown {
  if (isPromise(item)) return item.then((value) => settle(value, depth, info), asError);
  try {
    const value = plainList(item, depth, info);
    return isPromise(value) ? value.catch(asError) : value;
  } catch (error) {
    return asError(error);
  }
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : locatedError(thrown, undefined));

/** Neither throws nor answers a promise: compiled code calls it outside any `try`. */
function typeResolverOf(type: GraphQLInterfaceType | GraphQLUnionType): GraphQLTypeResolver<unknown, unknown> {
  const resolve = type.resolveType ?? defaultTypeResolver;
  return (row, running, info) => {
    try {
      const name = resolve(row, (running as Running).ctx, info, type);
      return typeof name === 'string' ? name : undefined;
    } catch {
      return undefined;
    }
  };
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  value !== null && typeof value === 'object' && typeof (value as { then?: unknown }).then === 'function';

/** Names of the variables that @skip and @include of a document ask. */
export function conditionsOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  const visit = (selectionSet: SelectionSetNode | undefined): void => {
    for (const selection of selectionSet?.selections ?? []) {
      for (const { value } of conditionArguments(selection)) {
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD) visit(selection.selectionSet);
    }
  };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION) {
      visit(definition.selectionSet);
    }
  }
  return [...names];
}

const conditionArguments = ({ directives = [] }: SelectionNode): ArgumentNode[] =>
  directives
    .filter(({ name }) => name.value === 'skip' || name.value === 'include')
    .flatMap(({ arguments: args = [] }) => args.filter(({ name }) => name.value === 'if'));

export interface ShadowDocument {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** The node of the client's document a field stands for. */
  originalOf: ReadonlyMap<FieldNode, FieldNode>;
}

/** `document` with one operation and with what these variables leave of it; `null` when it asks something that compiled
 *  code does not answer as graphql-js would. */
export function shadowDocument(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): ShadowDocument | null {
  const originalOf = new Map<FieldNode, FieldNode>();
  let faithful = true;

  const isIncluded = (selection: SelectionNode): boolean =>
    (selection.directives ?? []).every(({ name, arguments: args = [] }) => {
      if (name.value !== 'skip' && name.value !== 'include') return true;
      const value = args.find((arg) => arg.name.value === 'if')?.value;
      const holds =
        value?.kind === Kind.BOOLEAN
          ? value.value
          : value?.kind === Kind.VARIABLE
            ? variables[value.name.value]
            : undefined;
      if (typeof holds !== 'boolean') faithful = false; // graphql-js says what is wrong
      return holds === (name.value === 'include');
    });

  const shadowSelections = ({ kind, selections }: SelectionSetNode): SelectionSetNode => ({
    kind,
    selections: selections.filter(isIncluded).map(shadowSelection),
  });
  const shadowSelection = (selection: SelectionNode): SelectionNode => {
    switch (selection.kind) {
      case Kind.FIELD: {
        const { name, alias, loc, selectionSet } = selection;
        const key = (alias ?? name).value;
        // Resolve infos are told apart by response keys joined with "_": keys of their own "_" could be taken for
        // another place's. "__proto__" would set a prototype. __schema and __type answer from the slice.
        if ((key.includes('_') && key !== '__typename') || /^__(schema|type)$/.test(name.value)) faithful = false;
        if (key === '__typename' && name.value !== '__typename') faithful = false;
        const shadow: FieldNode = {
          kind: Kind.FIELD,
          name,
          ...(alias && { alias }),
          ...(loc && { loc }),
          ...(selectionSet && { selectionSet: shadowSelections(selectionSet) }),
        };
        originalOf.set(shadow, selection);
        return shadow;
      }
      case Kind.INLINE_FRAGMENT: {
        const { typeCondition, selectionSet } = selection;
        return {
          kind: Kind.INLINE_FRAGMENT,
          ...(typeCondition && { typeCondition }),
          selectionSet: shadowSelections(selectionSet),
        };
      }
      case Kind.FRAGMENT_SPREAD:
        return { kind: Kind.FRAGMENT_SPREAD, name: selection.name };
    }
  };

  const shadow: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: operation.operation,
    ...(operation.loc && { loc: operation.loc }),
    selectionSet: shadowSelections(operation.selectionSet),
  };
  const fragments = document.definitions
    .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
    .map(
      ({ kind, name, typeCondition, selectionSet }): FragmentDefinitionNode => ({
        kind,
        name,
        typeCondition,
        selectionSet: shadowSelections(selectionSet),
      }),
    );
  return faithful
    ? { document: { kind: Kind.DOCUMENT, definitions: [shadow, ...fragments] }, operation: shadow, originalOf }
    : null;
}

/** What an `info` of compiled code says in place of what graphql-jit would: the real schema and the client's document. */
export function realInfo(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  originalOf: ReadonlyMap<FieldNode, FieldNode>,
): (shadow: { parentType: { name: string }; fieldName: string; fieldNodes: readonly FieldNode[] }) => object {
  const fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return ({ parentType: { name }, fieldName, fieldNodes }) => {
    const parentType = schema.getType(name);
    const field = isObjectType(parentType) ? parentType.getFields()[fieldName] : undefined;
    return {
      schema,
      fragments,
      operation,
      parentType,
      ...(field && { returnType: field.type }),
      fieldNodes: fieldNodes.map((node) => originalOf.get(node) ?? node),
    };
  };
}

/** Leaf types of `schema`, whose serializers say what failed and not only in which words. */
export function tellingSerializers(schema: GraphQLSchema): Record<string, (value: unknown) => unknown> {
  return Object.fromEntries(
    Object.values(schema.getTypeMap())
      .filter(isLeafType)
      .map((type) => [
        type.name,
        (value: unknown) => {
          let serialized: unknown;
          try {
            serialized = type.serialize(value);
          } catch (error) {
            throw new Told(error);
          }
          if (serialized != null) return serialized;
          throw new Told(new Error(`Expected ${type.name} to serialize to a value that is not null.`));
        },
      ]),
  );
}

/** graphql-jit keeps nothing of an error of serialization but its message, so the error itself is the message. */
class Told {
  constructor(readonly message: unknown) {}
}
