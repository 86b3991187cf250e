// Compiles the directives of the finished schema into one table: coordinate → rule. Default deny: a coordinate
// without a rule, a misspelt capability, a field looser than its interface stops the build and the start.

import {
  type ASTNode,
  type DirectiveNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getDirectiveValues,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  OperationTypeNode,
} from 'graphql';
import {
  type ActorRule,
  type AnyOf,
  type Denial,
  type FieldRule,
  fieldRule,
  isGuarded,
  isLooserThan,
} from '../gate/field-rule.js';

export interface RuleTable {
  /** `Type.field`, for object types and interfaces. */
  fields: ReadonlyMap<string, FieldRule>;
  /** `Input.field` and `Type.field(argument:)` that somebody may be refused; all other input is free. */
  inputs: ReadonlyMap<string, FieldRule>;
  /** For each object type and interface whose fields ask the bits of an object of content: the concrete types of those
   *  objects. Fields of any other type ask the actor's. */
  content: ReadonlyMap<string, readonly string[]>;
}

/** Extension of a type whose objects lie outside the page tree: its fields ask the actor's bits. */
const OUTSIDE_CONTENT = 'outsideContent';

/** Whether the fields of this type ask the bits of the actor, and not those of the object they stand on. */
export const asksActor = (schema: GraphQLSchema, type: GraphQLObjectType): boolean =>
  type.extensions[OUTSIDE_CONTENT] === true || ROOTS.some((root) => schema.getRootType(root) === type);

const ROOTS = [OperationTypeNode.QUERY, OperationTypeNode.MUTATION, OperationTypeNode.SUBSCRIPTION];

/** A user's record carries bits too, but it is no content. */
const USER = 'User';

/** Every slip is collected, so that one run names them all. */
export class SchemaRuleError extends Error {
  override name = 'SchemaRuleError';

  constructor(readonly slips: readonly string[]) {
    super(`The schema breaks the rules of the gate:\n${slips.map((slip) => `- ${slip}`).join('\n')}`);
  }
}

interface Demands {
  demands: { anyOf: AnyOf; whenDenied: Denial }[];
  actors: ActorRule[];
  open: boolean;
  reads: string[];
}

/** Compiles and checks. Throws `SchemaRuleError` naming each offending coordinate. */
export function compileRules(schema: GraphQLSchema): RuleTable {
  const slips: string[] = [];
  const fields = new Map<string, FieldRule>();
  const inputs = new Map<string, FieldRule>();

  const demandsOf = (node: ASTNode | null | undefined, coordinate: string): Demands => {
    const found: Demands = { demands: [], actors: [], open: false, reads: [] };
    const directives = (node as { directives?: readonly DirectiveNode[] } | undefined)?.directives ?? [];
    for (const applied of directives) {
      const declared = schema.getDirective(applied.name.value);
      if (!declared) {
        slips.push(`${coordinate} carries @${applied.name.value}, which no directive declares.`);
        continue;
      }
      let values: Record<string, unknown>;
      try {
        values = getDirectiveValues(declared, { directives: [applied] }) ?? {};
      } catch (error) {
        slips.push(`${coordinate}: ${(error as Error).message}`);
        continue;
      }
      if (declared.name === 'requires') found.demands.push(values as unknown as Demands['demands'][number]);
      if (declared.name === 'actor')
        found.actors.push({
          kinds: values.kinds as ActorRule['kinds'],
          role: (values.role as ActorRule['role']) ?? null,
        });
      if (declared.name === 'open') found.open = true;
      if (declared.name === 'reads') found.reads.push(values.coordinate as string);
    }
    return found;
  };

  const compileField = (
    type: GraphQLObjectType | GraphQLInterfaceType,
    field: GraphQLField<unknown, unknown>,
  ): void => {
    const coordinate = `${type.name}.${field.name}`;
    const own = demandsOf(field.astNode, coordinate);
    const inherited = demandsOf(type.astNode, type.name);
    const lifted = own.open || field.name === 'id';
    const demands = lifted ? own.demands : [...inherited.demands, ...own.demands];
    const actors = lifted ? own.actors : [...inherited.actors, ...own.actors];
    if (demands.length === 0 && actors.length === 0 && !own.open && !inherited.open) {
      slips.push(`${coordinate} has no rule. Give it or its type @requires, @actor or @open.`);
      return;
    }
    if (own.open && own.demands.length > 0) slips.push(`${coordinate} carries both @open and @requires.`);
    const rule = fieldRule(coordinate, demands, actors);
    fields.set(coordinate, rule);
    const answersPayload = type === schema.getMutationType();
    if (isGuarded(rule) && isNonNullType(field.type) && !answersPayload) {
      slips.push(`${coordinate} is guarded and must be nullable.`);
    }
  };

  const compileInput = (member: GraphQLArgument | GraphQLInputField, coordinate: string, mustSay: boolean): void => {
    const own = demandsOf(member.astNode, coordinate);
    if (mustSay && own.demands.length === 0 && own.reads.length === 0 && !own.open) {
      slips.push(`${coordinate} looks at data and must say at which: give it @reads or @open.`);
      return;
    }
    const demands = [...own.demands];
    const actors: ActorRule[] = [...own.actors];
    for (const target of own.reads) {
      const rule = fields.get(target);
      if (!rule) slips.push(`${coordinate} reads ${target}, which is no field of the schema.`);
      else {
        demands.push({ anyOf: rule.needs, whenDenied: 'ERROR' });
        actors.push(...rule.actors);
      }
    }
    if (demands.length === 0 && actors.length === 0) return;
    const rule = fieldRule(coordinate, demands, actors);
    if (!isGuarded(rule)) return;
    if (isNonNullType(member.type) || member.defaultValue !== undefined) {
      slips.push(`${coordinate} is guarded and must be optional, without a default.`);
    }
    inputs.set(coordinate, rule);
  };

  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
  const composites = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  for (const type of composites) for (const field of Object.values(type.getFields())) compileField(type, field);
  for (const type of composites) {
    for (const field of Object.values(type.getFields())) {
      for (const arg of field.args) compileInput(arg, `${type.name}.${field.name}(${arg.name}:)`, false);
    }
  }
  for (const type of types.filter(isInputObjectType)) {
    const comparesOrSorts = /(Filter|Order|Grouping)$/.test(type.name);
    for (const field of Object.values(type.getFields()))
      compileInput(field, `${type.name}.${field.name}`, comparesOrSorts);
  }
  for (const type of composites) {
    for (const parent of type.getInterfaces()) {
      for (const field of Object.values(parent.getFields())) {
        const stricter = fields.get(`${type.name}.${field.name}`);
        const declared = fields.get(`${parent.name}.${field.name}`);
        if (stricter && declared && isLooserThan(stricter, declared)) {
          slips.push(`${type.name}.${field.name} is looser than ${parent.name}.${field.name}, which it implements.`);
        }
      }
    }
    if (type.name.endsWith('Connection') && type.name !== 'Connection') {
      slips.push(
        `${type.name} ends in "Connection", which names the domain type alone; call it ${type.name.slice(0, -10)}List.`,
      );
    }
  }
  if (slips.length > 0) throw new SchemaRuleError(slips);
  const isContent = (type: GraphQLObjectType): boolean =>
    !asksActor(schema, type) && !type.getInterfaces().some(({ name }) => name === USER);
  const content = composites
    .map((type) => ({ type, concrete: isObjectType(type) ? [type] : schema.getPossibleTypes(type) }))
    .map(({ type, concrete }): [string, string[]] => [type.name, concrete.filter(isContent).map(({ name }) => name)])
    .filter(([, names]) => names.length > 0);
  return { fields, inputs, content: new Map(content) };
}
