// What an operation costs, in points. Before it is executed: the most it may cost, by what it asks for. Afterwards:
// what it did cost, by what it got. A leaf is 0, an object 1, a list as many objects as were asked for.

import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type ObjectFieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { fragmentsOf, isIntrospection } from './limits.js';

/** Sums and products end here instead of growing beyond what a number holds. */
const MOST = 1_000_000_000;
/** Of a list whose size was left open, where neither the argument nor `@listSize` says another. */
const USUAL_SIZE = 50;
/** Of a list of things that stand for themselves and that takes no size: the data sources of a database, related pages. */
const UNSIZED_NODES = 5;
/** Blocks come with their page: twenty of them, with what stands in them, cost a point. */
const FOR_A_POINT: Readonly<Record<string, number>> = { Block: 20, BlockEdge: 20 };

type Variables = Readonly<Record<string, unknown>> | undefined;

/** How a field counts, read from its type and its directives once. */
interface Tariff {
  /** Of the field, or of each object in its list. */
  weight: number;
  /** What stands below it; `null` for a leaf. */
  below: GraphQLCompositeType | null;
  /** How many of its items cost what one usually does. */
  forAPoint: number;
  /** A list that takes no size: how many it counts as. */
  unsized: number;
  isList: boolean;
  size: { assumed: number | undefined; arguments: readonly string[] } | null;
  /** Lists below it that have the size asked for here; none when the list is this field itself. */
  sizedFields: ReadonlySet<string>;
}

/** One operation, as it is weighed. */
interface Weighing {
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  operation: OperationDefinitionNode;
  variables: Variables;
  /** By selection set, type and the size handed down: nothing is weighed twice. */
  known: Map<SelectionSetNode, Map<string, number>>;
  /** Variables that were looked at: the result is of what they held. */
  asked: Set<string>;
}

interface Sized {
  fields: ReadonlySet<string>;
  size: number;
}

/** What was weighed of one operation of a document, by what the variables that matter held. */
interface Weighed {
  asked: Set<string>;
  costs: Map<string, number>;
}

const KEPT_COSTS = 50;
const NOTHING: ReadonlySet<string> = new Set();

/** Weighs the operations of one schema. */
export class Scales {
  private readonly tariffs = new WeakMap<GraphQLField<unknown, unknown>, Tariff>();
  private readonly weighed = new WeakMap<DocumentNode, Map<string, Weighed>>();

  constructor(private readonly schema: GraphQLSchema) {}

  /** The most this operation may cost; 0 when there is no such operation. Linear in the document, which need not be
   *  valid: what the schema does not know costs nothing. */
  weigh(document: DocumentNode, operationName: string | null | undefined, variables: Variables): number {
    const before = this.weighedOf(document, operationName ?? '');
    const known = before.costs.get(heldBy(before.asked, variables));
    if (known !== undefined) return known;
    const operation = getOperationAST(document, operationName);
    const root = operation && this.schema.getRootType(operation.operation);
    if (!operation || !root) return 0;
    const weighing: Weighing = {
      fragments: fragmentsOf(document),
      operation,
      variables,
      known: new Map(),
      asked: new Set(),
    };
    const cost = this.weighSet(weighing, operation.selectionSet, root, null);
    const asked = new Set([...before.asked, ...weighing.asked]);
    if (asked.size > before.asked.size || before.costs.size >= KEPT_COSTS) before.costs.clear();
    before.asked = asked;
    before.costs.set(heldBy(asked, variables), cost);
    return cost;
  }

  private weighedOf(document: DocumentNode, operationName: string): Weighed {
    let operations = this.weighed.get(document);
    if (!operations) {
      operations = new Map();
      this.weighed.set(document, operations);
    }
    let weighed = operations.get(operationName);
    if (!weighed) {
      weighed = { asked: new Set(), costs: new Map() };
      if (operations.size < KEPT_COSTS) operations.set(operationName, weighed); // names come from outside
    }
    return weighed;
  }

  /** What `data`, the answer to this operation, costs. */
  count(document: DocumentNode, operationName: string | null | undefined, data: unknown): number {
    const operation = getOperationAST(document, operationName);
    const root = operation && this.schema.getRootType(operation.operation);
    if (!operation || !root || data === null || data === undefined) return 0;
    const counting: Counting = { fragments: fragmentsOf(document) };
    return this.countObject(counting, data, this.shapeOf(counting, [[operation.selectionSet, root]], NOTHING));
  }

  private weighSet(w: Weighing, set: SelectionSetNode, type: GraphQLCompositeType, sized: Sized | null): number {
    const key = sized ? `${type.name} ${sized.size}` : type.name;
    let known = w.known.get(set);
    if (!known) {
      known = new Map();
      w.known.set(set, known);
    }
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, 0); // fragments in a circle end here; validation refuses them
    let cost = 0;
    if (isAbstractType(type)) {
      // The dearest of those it may turn out to be.
      for (const possible of this.schema.getPossibleTypes(type)) {
        cost = Math.max(cost, this.weighSelections(w, set, possible, sized));
      }
    } else cost = this.weighSelections(w, set, type, sized);
    known.set(key, cost);
    return cost;
  }

  private weighSelections(w: Weighing, set: SelectionSetNode, type: GraphQLObjectType, sized: Sized | null): number {
    let cost = 0;
    for (const selection of set.selections) {
      if (isLeftOut(w, selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const field = isIntrospection(selection.name.value) ? undefined : type.getFields()[selection.name.value];
        if (field) cost = plus(cost, this.weighField(w, selection, field, sized));
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : w.fragments.get(selection.name.value);
      if (!fragment || !this.applies(fragment.typeCondition?.name.value, type)) continue;
      cost = plus(cost, this.weighSet(w, fragment.selectionSet, type, sized));
    }
    return cost;
  }

  private weighField(
    w: Weighing,
    node: Extract<SelectionNode, { kind: Kind.FIELD }>,
    field: GraphQLField<unknown, unknown>,
    sized: Sized | null,
  ): number {
    const tariff = this.tariffOf(field);
    const asked = tariff.size ? sizeAskedFor(w, node, field, tariff.size) : undefined;
    const hands =
      asked !== undefined && tariff.sizedFields.size > 0 ? { fields: tariff.sizedFields, size: asked } : null;
    if (!tariff.below) return tariff.weight;
    const below = node.selectionSet ? this.weighSet(w, node.selectionSet, tariff.below, hands) : 0;
    const one = plus(tariff.weight, below);
    if (!tariff.isList) return one;
    const size = sized?.fields.has(field.name) ? sized.size : asked !== undefined && !hands ? asked : tariff.unsized;
    return Math.ceil(times(size, one) / tariff.forAPoint);
  }

  private applies(condition: string | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined || condition === type.name) return true;
    const named = this.schema.getType(condition);
    return isAbstractType(named) && this.schema.isSubType(named, type);
  }

  private tariffOf(field: GraphQLField<unknown, unknown>): Tariff {
    const known = this.tariffs.get(field);
    if (known) return known;
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? named : null;
    const listSize = this.directive(field, 'listSize');
    const sizedFields = (listSize?.sizedFields as string[] | undefined) ?? [];
    const tariff: Tariff = {
      weight: (this.directive(field, 'cost')?.weight as number | undefined) ?? (below ? 1 : 0),
      below,
      forAPoint: FOR_A_POINT[named.name] ?? 1,
      unsized: below && standsForItself(below) ? UNSIZED_NODES : 1,
      isList: isListType(getNullableType(field.type)),
      size: listSize
        ? {
            assumed: listSize.assumedSize as number | undefined,
            arguments: (listSize.slicingArguments as string[] | undefined) ?? [],
          }
        : null,
      sizedFields: sizedFields.length > 0 ? new Set(sizedFields) : NOTHING,
    };
    this.tariffs.set(field, tariff);
    return tariff;
  }

  private directive(field: GraphQLField<unknown, unknown>, name: string): Record<string, unknown> | undefined {
    const declared = this.schema.getDirective(name);
    return declared && field.astNode ? getDirectiveValues(declared, field.astNode) : undefined;
  }

  private countObject(c: Counting, object: unknown, shape: Shape): number {
    let points = 0;
    for (const [key, member] of shape) {
      const value = (object as Record<string, unknown>)[key];
      if (value === undefined) continue;
      if (member.sets.length === 0) points += member.weight;
      else if (value !== null) points += Math.ceil(this.countValue(c, value, member) / member.forAPoint);
      if (points > MOST) return MOST;
    }
    return points;
  }

  private countValue(c: Counting, value: unknown, member: Member): number {
    if (value === null) return 0;
    member.shape ??= this.shapeOf(c, member.sets, member.sizedFields);
    const { shape } = member;
    if (!Array.isArray(value)) return member.weight + this.countObject(c, value, shape);
    let points = member.together ? member.weight : 0;
    for (const item of value) {
      if (Array.isArray(item)) points += this.countValue(c, item, member);
      else if (item !== null) {
        points += (member.together ? 0 : member.weight) + (shape.size > 0 ? this.countObject(c, item, shape) : 0);
      }
    }
    return points;
  }

  /** What of an object counts, by response key: all selections of a key together, as they were executed. */
  private shapeOf(
    c: Counting,
    sets: readonly (readonly [SelectionSetNode, GraphQLCompositeType])[],
    sizedFields: ReadonlySet<string>,
  ): Shape {
    const shape: Shape = new Map();
    const spread = new Set<string>();
    const collect = (set: SelectionSetNode, type: GraphQLCompositeType): void => {
      for (const selection of set.selections) {
        if (selection.kind !== Kind.FIELD) {
          if (selection.kind === Kind.FRAGMENT_SPREAD) {
            if (spread.has(selection.name.value)) continue;
            spread.add(selection.name.value);
          }
          const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : c.fragments.get(selection.name.value);
          const condition = fragment?.typeCondition && this.schema.getType(fragment.typeCondition.name.value);
          if (fragment) collect(fragment.selectionSet, isCompositeType(condition) ? condition : type);
          continue;
        }
        const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
        const field = isIntrospection(selection.name.value) ? undefined : fields[selection.name.value];
        if (!field) continue;
        const tariff = this.tariffOf(field);
        if (!tariff.below && tariff.weight === 0) continue;
        const key = selection.alias?.value ?? selection.name.value;
        const member = shape.get(key) ?? {
          weight: tariff.weight,
          forAPoint: tariff.isList ? tariff.forAPoint : 1,
          together: tariff.size === null && tariff.unsized === 1 && !sizedFields.has(field.name),
          sizedFields: tariff.sizedFields,
          sets: [],
        };
        if (selection.selectionSet && tariff.below) member.sets.push([selection.selectionSet, tariff.below]);
        shape.set(key, member);
      }
    };
    for (const [set, type] of sets) collect(set, type);
    return shape;
  }
}

interface Counting {
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

interface Member {
  weight: number;
  forAPoint: number;
  /** As a list: its items count as one object, however many they are. */
  together: boolean;
  sizedFields: ReadonlySet<string>;
  sets: [SelectionSetNode, GraphQLCompositeType][];
  shape?: Shape;
}

/** Only what may cost something. */
type Shape = Map<string, Member>;

/** What variables hold, as far as it can matter to a cost. */
function heldBy(names: ReadonlySet<string>, variables: Variables): string {
  let key = '';
  for (const name of names) {
    const held = variables?.[name];
    key += `${name}=${sizeKey(held)} `;
  }
  return key;
}

function sizeKey(held: unknown): string {
  if (typeof held === 'string') return '""';
  if (Array.isArray(held)) return `[${held.length}]`;
  if (typeof held !== 'object' || held === null) return String(held);
  const lists = Object.entries(held).filter(([, member]) => Array.isArray(member));
  return `{${lists.map(([name, list]) => `${name}[${(list as unknown[]).length}]`).join()}}`;
}

const plus = (one: number, other: number): number => Math.min(MOST, one + other);
const times = (one: number, other: number): number => Math.min(MOST, one * other);

/** Whether something of this type can be asked for by its id, and is not part of what holds it. */
const standsForItself = (type: GraphQLCompositeType): boolean =>
  type.name === 'Node' || ('getInterfaces' in type && type.getInterfaces().some(({ name }) => name === 'Node'));

/** `@skip` and `@include`, when they stand fast before the execution. */
function isLeftOut(w: Weighing, { directives }: SelectionNode): boolean {
  for (const directive of directives ?? []) {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') continue;
    const condition = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
    if (condition && heldIn(w, condition) === (name === 'skip')) return true;
  }
  return false;
}

/** The largest of its slicing arguments; where none is given, their default, then what the directive assumes. */
function sizeAskedFor(
  w: Weighing,
  node: Extract<SelectionNode, { kind: Kind.FIELD }>,
  field: GraphQLField<unknown, unknown>,
  { assumed, arguments: names }: NonNullable<Tariff['size']>,
): number {
  let largest: number | undefined;
  for (const path of names) {
    const [name, ...members] = path.split('.');
    const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
    const size = given && asSize(memberOf(heldIn(w, given), members, w));
    if (size !== undefined) largest = Math.max(largest ?? 0, size);
  }
  if (largest !== undefined) return largest;
  for (const name of names) {
    const size = asSize(field.args.find((argument) => argument.name === name)?.defaultValue);
    if (size !== undefined) return size;
  }
  return assumed ?? (names.length > 0 ? USUAL_SIZE : 1);
}

/** `input.rows`: a member of an input object, from a literal or a variable. */
function memberOf(held: unknown, members: readonly string[], w: Weighing): unknown {
  return members.reduce((object: unknown, name) => {
    if (!Array.isArray(object)) return (object as Record<string, unknown> | null | undefined)?.[name];
    const field = (object as ObjectFieldNode[]).find(
      (one) => one.kind === Kind.OBJECT_FIELD && one.name.value === name,
    );
    return field && heldIn(w, field.value);
  }, held);
}

/** A number asked for, or the length of a list of ids; nothing for what is no size. */
function asSize(value: unknown): number | undefined {
  if (typeof value === 'number' && !Number.isNaN(value)) return Math.min(MOST, Math.max(0, Math.ceil(value)));
  if (Array.isArray(value)) return value.length;
  return typeof value === 'string' ? 1 : undefined; // one id in place of a list of them
}

/** A literal, or what a variable holds; lists only by their length. */
function heldIn(w: Weighing, node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.STRING:
      return node.value;
    case Kind.BOOLEAN:
      return node.value;
    case Kind.LIST:
      return node.values;
    case Kind.OBJECT:
      return node.fields;
    case Kind.VARIABLE: {
      w.asked.add(node.name.value);
      const held = w.variables?.[node.name.value];
      if (held !== undefined) return held;
      const definition = w.operation.variableDefinitions?.find(
        ({ variable }) => variable.name.value === node.name.value,
      );
      return definition?.defaultValue && heldIn(w, definition.defaultValue);
    }
    default:
      return undefined;
  }
}
