// Changes of a schema, worked out on the columns as they are: pure. What becomes of the rows is told, and done elsewhere
// (content/schema-writer.ts).

import { randomInt } from 'node:crypto';
import { type ContentLimits, type Path, place, requireLine, requireText, requireWithin } from '../content/limits.js';
import { type Id, newId, parseId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { Refusal } from '../lib/refusal.js';
import type {
  AddedOptionInput,
  NewOptionInput,
  NewPropertyInput,
  NewStatusGroupInput,
  OptionUpdateInput,
  PropertyMoveInput,
  PropertyRefInput,
  PropertyRetypeInput,
  PropertyUpdateInput,
  SchemaChange,
  StatusGroupUpdateInput,
} from './column-input.js';
import { CONVERTIBLE, converter, isConvertible, OptionMaker } from './convert.js';
import type { PropertySchema, PropertyType, SchemaOf, SelectOption, StatusGroup, StoredValue } from './property.js';
import { TITLE_PROPERTY_ID } from './property.js';
import type { OptionInput } from './property-input.js';
import { columnOf, notFoundAt, type ReaderOfColumns } from './read-values.js';

/** A value as it was becomes a value as it is to be; undefined empties it. */
export type Conversion = (value: StoredValue) => StoredValue | undefined;

/** What is to be done in the data source on the other side of a relation of two ways. */
export type SyncedChange =
  | { dataSourceId: Id; add: SchemaOf<'RELATION'>; path: Path }
  | { dataSourceId: Id; remove: string; path: Path };

export interface Altered {
  columns: PropertySchema[];
  /** Of columns there were before: what becomes of their values. Of all others they stay. */
  conversions: Map<string, Conversion>;
  /** Columns that have another type now. */
  retyped: string[];
  /** A column that numbers the rows there are, if one was added. */
  numbering: string | null;
  synced: SyncedChange[];
  /** By column, for whoever is told of the change. */
  actions: Map<string, 'CREATED' | 'UPDATED' | 'DELETED'>;
}

/** The data source whose columns change, and what its client may know. */
export interface Altering extends Omit<ReaderOfColumns, 'columns'> {
  dataSourceId: Id;
  columns: readonly PropertySchema[];
  /** Another data source; undefined when it is missing or out of the client's reach. */
  tableOf: (dataSourceId: Id) => Pick<ReaderOfColumns, 'columns' | 'mayRead'> | undefined;
  limits: ContentLimits;
}

/** Applies changes in their order. Refused: an unknown column, a second title or unique id, a column or option of the same
 *  name, a type that cannot become another, a member that does not fit the type, what is over a limit. */
export function alter(changes: readonly SchemaChange[], altering: Altering, path: Path): Altered {
  requireWithin(changes.length, altering.limits, { limit: 'maxSchemaChanges', units: 'changes', path });
  const alteration = new Alteration(altering);
  for (const [index, change] of changes.entries()) alteration.apply(change, [...path, String(index)]);
  return alteration.altered;
}

/** What a new data source begins with. */
export const FIRST_COLUMNS: readonly PropertySchema[] = [{ id: TITLE_PROPERTY_ID, name: 'Name', type: 'TITLE' }];

/** Columns of a new data source as changes of those it begins with. One of type TITLE gives the title its name. */
export const changesFor = (columns: readonly NewPropertyInput[]): SchemaChange[] =>
  columns.map((column) =>
    column.type === 'TITLE'
      ? { update: { property: { id: TITLE_PROPERTY_ID }, name: column.name, description: column.description ?? null } }
      : { add: column },
  );

/** Takes a synced column away, or adds one, in the data source on the other side. */
export function alterSynced(
  columns: readonly PropertySchema[],
  changes: readonly SyncedChange[],
  altering: Omit<Altering, 'columns'>,
): Altered {
  const alteration = new Alteration({ ...altering, columns });
  for (const change of changes) {
    if ('add' in change) alteration.addSynced(change.add, change.path);
    else alteration.removeSynced(change.remove);
  }
  return alteration.altered;
}

/** Members of a new column that only some types have. */
const MEMBERS_OF: Partial<Record<PropertyType, readonly (keyof NewPropertyInput)[]>> = {
  NUMBER: ['format'],
  SELECT: ['options'],
  MULTI_SELECT: ['options'],
  STATUS: ['groups'],
  RELATION: ['relation'],
  ROLLUP: ['rollup'],
  FORMULA: ['expression', 'result'],
  UNIQUE_ID: ['prefix'],
};
const SPECIAL = [...new Set(Object.values(MEMBERS_OF).flat())] as (keyof NewPropertyInput)[];

const OPTION_MEMBERS = ['updateOptions', 'removeOptions', 'addOptions'] as const;
const UPDATES_OF: Partial<Record<PropertyType, readonly (keyof PropertyUpdateInput)[]>> = {
  NUMBER: ['format'],
  SELECT: OPTION_MEMBERS,
  MULTI_SELECT: OPTION_MEMBERS,
  STATUS: [...OPTION_MEMBERS, 'updateGroups'],
  FORMULA: ['expression'],
  UNIQUE_ID: ['prefix'],
};
const SPECIAL_UPDATES = [...new Set(Object.values(UPDATES_OF).flat())] as (keyof PropertyUpdateInput)[];

class Alteration {
  readonly altered: Altered;

  constructor(private readonly altering: Altering) {
    this.altered = {
      columns: structuredClone(altering.columns) as PropertySchema[],
      conversions: new Map(),
      retyped: [],
      numbering: null,
      synced: [],
      actions: new Map(),
    };
  }

  apply({ add, update, retype, move, remove }: SchemaChange, path: Path): void {
    if (add) this.add(add, [...path, 'add']);
    else if (update) this.update(update, [...path, 'update']);
    else if (retype) this.retype(retype, [...path, 'retype']);
    else if (move) this.move(move, [...path, 'move']);
    else if (remove) this.remove(remove, [...path, 'remove']);
    else
      throw new Refusal('REQUIRED', `${place(path)} holds exactly one of add, update, retype, move, remove.`, { path });
  }

  private add(input: NewPropertyInput, path: Path): void {
    const { columns } = this.altered;
    requireWithin(columns.length + 1, this.altering.limits, { limit: 'maxColumns', units: 'columns', path });
    this.requireFitting(input, SPECIAL, MEMBERS_OF[input.type] ?? [], input.type, path);
    const shared = {
      id: this.freshId(),
      name: this.nameFor(input.name, null, [...path, 'name']),
      ...this.descriptionFor(input.description, path),
    };
    const column = this.configured(shared, input, path);
    columns.push(column);
    this.altered.actions.set(column.id, 'CREATED');
  }

  private configured(
    shared: { id: string; name: string; description?: string },
    input: NewPropertyInput,
    path: Path,
  ): PropertySchema {
    const { type } = input;
    switch (type) {
      case 'TITLE':
        throw new Refusal('INVALID', `${place(path)} would be a second title: a data source has one.`, { path });
      case 'NUMBER':
        return { ...shared, type, ...this.formatFor(input.format, path) };
      case 'SELECT':
      case 'MULTI_SELECT':
        return { ...shared, type, options: this.newOptions(input.options ?? [], [], [...path, 'options']) };
      case 'STATUS':
        return { ...shared, type, ...this.newStatus(input.groups ?? DEFAULT_GROUPS, [...path, 'groups']) };
      case 'RELATION':
        return this.newRelation(shared, input.relation, [...path, 'relation']);
      case 'ROLLUP':
        return this.newRollup(shared, input.rollup, [...path, 'rollup']);
      case 'FORMULA': {
        const expression = this.expressionFor(input.expression, path);
        return { ...shared, type, expression, result: input.result ?? 'TEXT' };
      }
      case 'UNIQUE_ID': {
        if (this.altered.columns.some((column) => column.type === 'UNIQUE_ID')) {
          throw new Refusal(
            'ALREADY_EXISTS',
            'A data source numbers its rows once: there is a UNIQUE_ID column already.',
            {
              path,
            },
          );
        }
        this.altered.numbering = shared.id;
        return { ...shared, type, ...this.prefixFor(input.prefix, path) };
      }
      default:
        return { ...shared, type };
    }
  }

  private newRelation(
    shared: { id: string; name: string; description?: string },
    relation: NewPropertyInput['relation'],
    path: Path,
  ): PropertySchema {
    if (!relation) throw required(path, 'say where the relation points to');
    const dataSourceId = parseId(relation.dataSourceId);
    const isOwn = dataSourceId === this.altering.dataSourceId;
    const related = dataSourceId === null ? undefined : this.tableOf(dataSourceId);
    if (dataSourceId === null || !related) throw notFoundAt('The data source', [...path, 'dataSourceId']);
    if (relation.syncedName == null) return { ...shared, type: 'RELATION', dataSourceId };
    const at = [...path, 'syncedName'];
    const synced: SchemaOf<'RELATION'> = {
      id: this.freshId(related.columns),
      name: requireName(relation.syncedName, this.altering.limits, at),
      type: 'RELATION',
      dataSourceId: this.altering.dataSourceId,
      syncedPropertyId: shared.id,
    };
    if (isOwn) this.addSynced(synced, at, shared.name);
    else this.altered.synced.push({ dataSourceId, add: synced, path: at });
    return { ...shared, type: 'RELATION', dataSourceId, syncedPropertyId: synced.id };
  }

  private newRollup(
    shared: { id: string; name: string; description?: string },
    rollup: NewPropertyInput['rollup'],
    path: Path,
  ): PropertySchema {
    if (!rollup) throw required(path, 'say what the rollup is made of');
    const relation = this.column(rollup.relation, [...path, 'relation']);
    if (relation.type !== 'RELATION' || relation.dataSourceId === null) {
      throw new Refusal('INVALID', `${place(path)}.relation should be a relation to one data source.`, {
        path: [...path, 'relation'],
      });
    }
    const related = this.tableOf(relation.dataSourceId);
    if (!related) throw notFoundAt('The column', [...path, 'property']);
    const { lacksRead } = this.altering;
    const property = columnOf(rollup.property, { ...related, lacksRead }, [...path, 'property']);
    return {
      ...shared,
      type: 'ROLLUP',
      relationPropertyId: relation.id,
      rollupPropertyId: property.id,
      function: rollup.function,
    };
  }

  /** This data source as it is by now, or another one. */
  private tableOf(id: Id): Pick<ReaderOfColumns, 'columns' | 'mayRead'> | undefined {
    const { dataSourceId, mayRead, tableOf } = this.altering;
    return id === dataSourceId ? { columns: this.altered.columns, mayRead } : tableOf(id);
  }

  private update(input: PropertyUpdateInput, path: Path): void {
    const column = this.column(input.property, [...path, 'property']);
    this.requireFitting(input, SPECIAL_UPDATES, UPDATES_OF[column.type] ?? [], column.type, path);
    const before = JSON.stringify(column);
    if (input.name === null) throw required([...path, 'name'], 'a column has a name');
    if (input.name !== undefined) column.name = this.nameFor(input.name, column.id, [...path, 'name']);
    if (input.description !== undefined) {
      delete column.description;
      Object.assign(column, this.descriptionFor(input.description, path));
    }
    if (column.type === 'NUMBER' && input.format !== undefined) {
      delete column.format;
      Object.assign(column, this.formatFor(input.format, path));
    }
    if (column.type === 'UNIQUE_ID' && input.prefix !== undefined) {
      delete column.prefix;
      Object.assign(column, this.prefixFor(input.prefix, path));
    }
    if (column.type === 'FORMULA' && input.expression !== undefined) {
      column.expression = this.expressionFor(input.expression, path);
    }
    if ('options' in column) this.updateOptions(column, input, path);
    if (JSON.stringify(column) !== before) this.touched(column.id);
  }

  private updateOptions(
    column: SchemaOf<'SELECT' | 'MULTI_SELECT' | 'STATUS'> | PropertySchema,
    input: PropertyUpdateInput,
    path: Path,
  ): void {
    invariant('options' in column, 'Only columns with options have them changed.');
    const groups = column.type === 'STATUS' ? column.groups : [];
    for (const [index, change] of (input.updateGroups ?? []).entries()) {
      this.updateGroup(groups, change, [...path, 'updateGroups', String(index)]);
    }
    for (const [index, change] of (input.updateOptions ?? []).entries()) {
      this.updateOption(column, groups, change, [...path, 'updateOptions', String(index)]);
    }
    const removed = new Set(
      (input.removeOptions ?? []).map(
        (ref, index) => this.named(column.options, ref, 'The option', [...path, 'removeOptions', String(index)]).id,
      ),
    );
    if (removed.size > 0) {
      column.options = column.options.filter(({ id }) => !removed.has(id));
      for (const group of groups) group.optionIds = group.optionIds.filter((id) => !removed.has(id));
      this.convert(column.id, without(removed));
    }
    const added = input.addOptions ?? [];
    const fresh = this.newOptions(added, column.options, [...path, 'addOptions']);
    column.options.push(...fresh);
    for (const [index, { id }] of fresh.entries()) {
      const { group } = added[index] as AddedOptionInput;
      const at = [...path, 'addOptions', String(index), 'group'];
      if (group != null) this.named(groups, group, 'The group', at).optionIds.push(id);
      else groups[0]?.optionIds.push(id);
    }
  }

  private updateOption(
    column: PropertySchema & { options: SelectOption[] },
    groups: readonly StatusGroup[],
    { option: ref, name, color, description, group }: OptionUpdateInput,
    path: Path,
  ): void {
    const option = this.named(column.options, ref, 'The option', [...path, 'option']);
    if (name === null) throw required([...path, 'name'], 'an option has a name');
    if (name !== undefined) option.name = this.optionName(name, column.options, option.id, [...path, 'name']);
    if (color !== undefined) Object.assign(option, colored(color, option));
    if (description !== undefined) {
      delete option.description;
      Object.assign(option, this.descriptionFor(description, path));
    }
    if (group == null) return;
    const target = this.named(groups, group, 'The group', [...path, 'group']);
    for (const one of groups) one.optionIds = one.optionIds.filter((id) => id !== option.id);
    target.optionIds.push(option.id);
  }

  private updateGroup(groups: readonly StatusGroup[], input: StatusGroupUpdateInput, path: Path): void {
    const group = this.named(groups, input.group, 'The group', [...path, 'group']);
    if (input.name === null) throw required([...path, 'name'], 'a group has a name');
    if (input.name !== undefined) group.name = this.optionName(input.name, groups, group.id, [...path, 'name']);
    if (input.color !== undefined) Object.assign(group, colored(input.color, group));
  }

  private retype(input: PropertyRetypeInput, path: Path): void {
    const { columns, retyped } = this.altered;
    const column = this.column(input.property, [...path, 'property']);
    const { type } = input;
    if (!isConvertible(type) || !isConvertible(column.type)) {
      const hint = this.altering.mayRead ? `, but it is ${column.type} and should become ${type}` : '';
      throw new Refusal('INVALID', `A column becomes another type only among ${CONVERTIBLE.join(', ')}${hint}.`, {
        path,
      });
    }
    if (column.type === type) return;
    const { id, name, description } = column;
    const shared = { id, name, ...(description !== undefined && { description }) };
    const { maxOptions, maxNameLength } = this.altering.limits;
    const maker = new OptionMaker([], (optionId, called) => ({ id: optionId, name: called }), {
      maxOptions,
      maxNameLength,
    });
    this.convert(id, converter(column, type, maker));
    const made: PropertySchema = type === 'SELECT' ? { ...shared, type, options: maker.options } : { ...shared, type };
    columns.splice(columns.indexOf(column), 1, made);
    if (!retyped.includes(id)) retyped.push(id);
    this.touched(id);
  }

  private move({ property, position }: PropertyMoveInput, path: Path): void {
    const { columns } = this.altered;
    const column = this.column(property, [...path, 'property']);
    const from = columns.indexOf(column);
    if (position < 0 || position >= columns.length) {
      throw new Refusal('INVALID', `${place(path)}.position must name a place among the columns.`, {
        path: [...path, 'position'],
      });
    }
    if (from === position) return;
    columns.splice(from, 1);
    columns.splice(position, 0, column);
    this.touched(column.id);
  }

  private remove(ref: PropertyRefInput, path: Path): void {
    const column = this.column(ref, path);
    if (column.type === 'TITLE') {
      throw new Refusal('IMMUTABLE', 'The title can be renamed, but not removed.', { path });
    }
    this.drop(column.id);
    if (column.type !== 'RELATION' || column.syncedPropertyId === undefined || column.dataSourceId === null) return;
    if (column.dataSourceId === this.altering.dataSourceId) this.removeSynced(column.syncedPropertyId);
    else this.altered.synced.push({ dataSourceId: column.dataSourceId, remove: column.syncedPropertyId, path });
  }

  /** `taken` is a name the column may not have either. */
  addSynced(column: SchemaOf<'RELATION'>, path: Path, taken?: string): void {
    const { columns, actions } = this.altered;
    requireWithin(columns.length + 1, this.altering.limits, { limit: 'maxColumns', units: 'columns', path });
    this.nameFor(column.name, null, path);
    if (taken === column.name) throw nameTaken('column', path);
    columns.push(column);
    actions.set(column.id, 'CREATED');
  }

  /** Gone already is all right: something took it away before both sides were one. */
  removeSynced(id: string): void {
    if (this.altered.columns.some((column) => column.id === id)) this.drop(id);
  }

  private drop(id: string): void {
    const { altered } = this;
    altered.columns = altered.columns.filter((column) => column.id !== id);
    altered.retyped = altered.retyped.filter((retyped) => retyped !== id);
    if (altered.numbering === id) altered.numbering = null;
    if (altered.actions.get(id) === 'CREATED') altered.actions.delete(id);
    else altered.actions.set(id, 'DELETED');
    altered.synced = altered.synced.filter((change) => !('add' in change && change.add.syncedPropertyId === id));
    altered.conversions.set(id, () => undefined);
  }

  private convert(id: string, next: Conversion): void {
    const before = this.altered.conversions.get(id);
    this.altered.conversions.set(id, (value) => {
      const between = before ? before(value) : value;
      return between === undefined ? undefined : next(between);
    });
  }

  private touched(id: string): void {
    const { actions } = this.altered;
    if (!actions.has(id)) actions.set(id, 'UPDATED');
  }

  private column(ref: PropertyRefInput, path: Path): PropertySchema {
    return columnOf(ref, { ...this.altering, columns: this.altered.columns }, path);
  }

  /** An option or group by id or name. */
  private named<T extends { id: Id; name: string }>(
    all: readonly T[],
    { id, name }: OptionInput,
    what: string,
    path: Path,
  ): T {
    if (id == null && !this.altering.mayRead) throw this.altering.lacksRead();
    const found = all.find((one) => (id == null ? one.name === name : one.id === parseId(id)));
    if (!found) throw notFoundAt(what, path);
    return found;
  }

  /** Refused: a name another column has, unless the client may not read names and would learn it by that. */
  private nameFor(text: string, own: string | null, path: Path): string {
    const name = requireName(text, this.altering.limits, path);
    const isTaken = this.altered.columns.some((column) => column.id !== own && column.name === name);
    if (isTaken && this.altering.mayRead) throw nameTaken('column', path);
    return name;
  }

  private optionName(text: string, all: readonly { id: Id; name: string }[], own: Id | null, path: Path): string {
    const name = requireName(text, this.altering.limits, path);
    const isTaken = all.some((one) => one.id !== own && one.name === name);
    if (isTaken && this.altering.mayRead) throw nameTaken('option', path);
    return name;
  }

  private newOptions(inputs: readonly NewOptionInput[], before: readonly SelectOption[], path: Path): SelectOption[] {
    const { limits } = this.altering;
    requireWithin(before.length + inputs.length, limits, { limit: 'maxOptions', units: 'options', path });
    const made: SelectOption[] = [];
    for (const [index, { name, color, description }] of inputs.entries()) {
      const at = [...path, String(index)];
      const called = this.optionName(name, [...before, ...made], null, [...at, 'name']);
      made.push({ id: newId(), name: called, ...colored(color), ...this.descriptionFor(description, at) });
    }
    return made;
  }

  private newStatus(
    inputs: readonly NewStatusGroupInput[],
    path: Path,
  ): Pick<SchemaOf<'STATUS'>, 'options' | 'groups'> {
    if (inputs.length === 0) throw required(path, 'a status has at least one group');
    const options: SelectOption[] = [];
    const groups: StatusGroup[] = [];
    for (const [index, { name, color, options: given }] of inputs.entries()) {
      const at = [...path, String(index)];
      const made = this.newOptions(given, options, [...at, 'options']);
      options.push(...made);
      const called = this.optionName(name, groups, null, [...at, 'name']);
      groups.push({ id: newId(), name: called, ...colored(color), optionIds: made.map(({ id }) => id) });
    }
    return { options, groups };
  }

  private descriptionFor(text: string | null | undefined, path: Path): { description?: string } {
    if (text == null) return {};
    const at = [...path, 'description'];
    const description = requireText(text, this.altering.limits, { limit: 'maxDescriptionLength', path: at }).trim();
    return description === '' ? {} : { description };
  }

  private formatFor(text: string | null | undefined, path: Path): { format?: string } {
    if (text == null) return {};
    const format = requireLine(text, this.altering.limits, { limit: 'maxNameLength', path: [...path, 'format'] });
    return format === null ? {} : { format };
  }

  private prefixFor(text: string | null | undefined, path: Path): { prefix?: string } {
    if (text == null) return {};
    const prefix = requireLine(text, this.altering.limits, { limit: 'maxNameLength', path: [...path, 'prefix'] });
    return prefix === null ? {} : { prefix };
  }

  private expressionFor(text: string | null | undefined, path: Path): string {
    const at = [...path, 'expression'];
    const limits = { limit: 'maxDescriptionLength', path: at } as const;
    const expression = requireText(text ?? '', this.altering.limits, limits).trim();
    if (expression === '') throw required(at, 'a formula has an expression');
    return expression;
  }

  /** Refused: a member given that this type does not have. */
  private requireFitting<Input extends object>(
    input: Input,
    special: readonly (keyof Input)[],
    fitting: readonly (keyof Input)[],
    type: PropertyType,
    path: Path,
  ): void {
    const stranger = special.find((member) => input[member] != null && !fitting.includes(member));
    if (stranger === undefined) return;
    const at = [...path, String(stranger)];
    const hint = this.altering.mayRead ? `, which is ${type}` : '';
    throw new Refusal('INVALID', `${place(at)} does not fit the column${hint}.`, { path: at });
  }

  /** Short, and never one that was used here before, as far as chance allows. */
  private freshId(others: readonly PropertySchema[] = []): string {
    for (;;) {
      const id = Array.from({ length: 8 }, () => DIGITS[randomInt(DIGITS.length)]).join('');
      if (![...this.altered.columns, ...others].some((column) => column.id === id)) return id;
    }
  }
}

const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** As the reference product begins. */
const DEFAULT_GROUPS: readonly NewStatusGroupInput[] = [
  { name: 'To-do', color: 'GRAY', options: [{ name: 'Not started' }] },
  { name: 'In progress', color: 'BLUE', options: [{ name: 'In progress', color: 'BLUE' }] },
  { name: 'Complete', color: 'GREEN', options: [{ name: 'Done', color: 'GREEN' }] },
];

const without =
  (removed: ReadonlySet<Id>): Conversion =>
  (value) => {
    if (!Array.isArray(value)) return removed.has(value as Id) ? undefined : value;
    const left = (value as Id[]).filter((id) => !removed.has(id));
    return left.length === 0 ? undefined : left;
  };

/** DEFAULT is left out where it is stored. */
function colored(
  color: NewOptionInput['color'],
  before?: { color?: SelectOption['color'] },
): { color?: NonNullable<SelectOption['color']> } {
  if (before) delete before.color;
  return color == null || color === 'DEFAULT' ? {} : { color };
}

function requireName(text: string, limits: ContentLimits, path: Path): string {
  const name = requireLine(text, limits, { limit: 'maxNameLength', path });
  if (name === null) throw required(path, 'it needs a name');
  return name;
}

const required = (path: Path, why: string): Refusal =>
  new Refusal('REQUIRED', `${place(path)} is missing or empty: ${why}.`, { path });

const nameTaken = (what: string, path: Path): Refusal =>
  new Refusal('ALREADY_EXISTS', `Another ${what} has this name already.`, { path });
