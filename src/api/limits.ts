// How large a request may be. All of it is looked at before anything is executed, and before graphql-js validates:
// comparing fields with each other is the one step there that grows faster than the document.

import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { invalid, Refusal } from '../lib/refusal.js';

export interface Limits {
  /** Of a request, inflated too. */
  maxBodyBytes: number;
  maxDocumentBytes: number;
  maxDocumentTokens: number;
  /** Fields in each other, counted through fragments; what stands below `__schema` and `__type` does not count. */
  maxDepth: number;
  maxAliases: number;
  maxRootMutations: number;
  /** On one field, fragment, operation or variable. */
  maxDirectives: number;
  /** Validation compares each two fields with the same response name, and each two fragments. */
  maxComparisons: number;
  /** Members and elements of all variables together. */
  maxVariableValues: number;
  /** Lists and objects in each other in variables. */
  maxVariableDepth: number;
  /** Points of one operation, before it is executed. */
  maxCost: number;
  /** Points a minute for one installation or person, restored evenly. */
  maxPointsPerMinute: number;
  /** Rows that a filter or order by a rollup may look at. */
  maxRollupCandidates: number;
  /** From the beginning of an operation to its answer. */
  maxOperationMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxBodyBytes: 1_000_000,
  maxDocumentBytes: 16_000,
  maxDocumentTokens: 2_000,
  maxDepth: 12,
  maxAliases: 30,
  maxRootMutations: 10,
  maxDirectives: 5,
  maxComparisons: 15_000, // about 3 µs each
  maxVariableValues: 20_000,
  maxVariableDepth: 50,
  maxCost: 1_000,
  maxPointsPerMinute: 60_000,
  maxRollupCandidates: 10_000,
  maxOperationMs: 10_000, // 10 seconds
};

/** Of errors about one document or its variables; the rest would teach nothing. */
export const MAX_ERRORS = 10;

/** Of brackets in each other. Whatever is valid needs less; the parser calls itself for each, and more than some thousand
 *  would be too many for its stack. */
const MAX_BRACKETS = 500;

/** Throws, before parsing, for a document over the limit, one that is no text, and one nobody can parse. */
export function refuseLongDocument(source: string, { maxDocumentBytes }: Limits): void {
  const bytes = Buffer.byteLength(source);
  if (bytes > maxDocumentBytes) {
    throw invalid(`A document may have at most ${maxDocumentBytes} bytes, but this one has ${bytes}.`);
  }
  if (!source.isWellFormed()) throw invalid('A document should be Unicode, but this one has half a surrogate pair.');
  if (bracketsOf(source) > MAX_BRACKETS) {
    throw new Refusal('GRAPHQL_PARSE_FAILED', `Brackets may stand at most ${MAX_BRACKETS} deep in each other.`);
  }
}

/** How deep brackets stand in each other, those in texts and comments left out. */
function bracketsOf(source: string): number {
  let open = 0;
  let deepest = 0;
  for (let at = 0; at < source.length; at++) {
    switch (source[at]) {
      case '{':
      case '[':
      case '(':
        if (++open > deepest) deepest = open;
        break;
      case '}':
      case ']':
      case ')':
        open--;
        break;
      case '#':
        while (at < source.length && source[at] !== '\n' && source[at] !== '\r') at++;
        break;
      case '"':
        at = endOfText(source, at);
        break;
      default:
    }
  }
  return deepest;
}

/** Where the text ends that begins here; a broken one ends with its line, or with the document. */
function endOfText(source: string, start: number): number {
  if (source.startsWith('"""', start)) {
    let end = source.indexOf('"""', start + 3);
    while (end > 0 && source[end - 1] === '\\') end = source.indexOf('"""', end + 3);
    return end < 0 ? source.length : end + 2;
  }
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '"' || source[at] === '\n' || source[at] === '\r') return at;
  }
  return source.length;
}

/** Throws for a document whose shape is over a limit. Linear in its length; fragments that spread each other in a
 *  circle are left to validation. */
export function refuseSprawl(document: DocumentNode, limits: Limits): void {
  refuseCounts(countsOf(document), limits);
  const fragments = fragmentsOf(document);
  const depthOf = depths(fragments);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    if (definition.kind === Kind.FRAGMENT_DEFINITION && isOfIntrospection(definition)) continue;
    const depth = depthOf(definition.selectionSet);
    if (depth > limits.maxDepth) {
      throw invalid(
        `Fields may stand at most ${limits.maxDepth} deep in each other, fragments included, but here they stand ${depth} deep.`,
      );
    }
    if (definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.MUTATION) {
      const mutations = rootFields(definition.selectionSet, fragments);
      if (mutations > limits.maxRootMutations) {
        throw invalid(
          `An operation may hold at most ${limits.maxRootMutations} mutations, but this one holds ${mutations}.`,
        );
      }
    }
  }
}

/** Throws for variables that are too many or too deep, whether or not the document uses them. */
export function refuseVariables(variables: unknown, { maxVariableValues, maxVariableDepth }: Limits): void {
  let level: unknown[] = [variables];
  let values = 0;
  for (let depth = 2; level.length > 0; depth++) {
    const next: unknown[] = []; // what stands `depth` deep, the variables themselves being the first
    for (const held of level) {
      if (held === null || typeof held !== 'object') continue;
      const members = Array.isArray(held) ? held : Object.values(held);
      values += members.length;
      if (values > maxVariableValues) {
        throw invalid(`Variables may hold at most ${maxVariableValues} values, but these hold more.`);
      }
      for (const member of members) if (member !== null && typeof member === 'object') next.push(member);
    }
    if (next.length > 0 && depth > maxVariableDepth) {
      throw invalid(`Variables may be at most ${maxVariableDepth} levels deep, but these are deeper.`);
    }
    level = next;
  }
}

export const fragmentsOf = (document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION && !fragments.has(definition.name.value)) {
      fragments.set(definition.name.value, definition);
    }
  }
  return fragments;
};

export const isIntrospection = (name: string): boolean => name === '__schema' || name === '__type';

const isOfIntrospection = ({ typeCondition }: FragmentDefinitionNode): boolean =>
  typeCondition.name.value.startsWith('__');

interface Counts {
  aliases: number;
  /** The most on one place. */
  directives: number;
  introspections: number;
  /** Below `__schema` or `__type`. */
  aliasesInIntrospection: number;
  /** How often each response name is written. */
  names: Map<string, number>;
  fragments: number;
}

function countsOf(document: DocumentNode): Counts {
  const counts: Counts = {
    aliases: 0,
    directives: 0,
    introspections: 0,
    aliasesInIntrospection: 0,
    names: new Map(),
    fragments: 0,
  };
  const place = (node: ASTNode): void => {
    const directives = (node as { directives?: readonly unknown[] }).directives?.length ?? 0;
    if (directives > counts.directives) counts.directives = directives;
  };
  const walk = (set: SelectionSetNode, introspecting: boolean): void => {
    for (const selection of set.selections) {
      place(selection);
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet, introspecting);
        continue;
      }
      const name = selection.name.value;
      const key = selection.alias?.value ?? name;
      counts.names.set(key, (counts.names.get(key) ?? 0) + 1);
      if (selection.alias) {
        counts.aliases++;
        if (introspecting) counts.aliasesInIntrospection++;
      }
      if (isIntrospection(name)) counts.introspections++;
      if (selection.selectionSet) walk(selection.selectionSet, introspecting || isIntrospection(name));
    }
  };
  for (const definition of document.definitions) {
    place(definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      for (const variable of definition.variableDefinitions ?? []) place(variable);
      walk(definition.selectionSet, false);
    } else if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      counts.fragments++;
      walk(definition.selectionSet, isOfIntrospection(definition));
    }
  }
  return counts;
}

function refuseCounts(counts: Counts, limits: Limits): void {
  if (counts.aliases > limits.maxAliases) {
    throw invalid(`A document may use at most ${limits.maxAliases} aliases, but this one uses ${counts.aliases}.`);
  }
  if (counts.directives > limits.maxDirectives) {
    throw invalid(
      `At most ${limits.maxDirectives} directives may stand in one place, but here stand ${counts.directives}.`,
    );
  }
  if (counts.introspections > 1) {
    throw invalid(`A document may ask for __schema or __type once, but this one asks ${counts.introspections} times.`);
  }
  if (counts.aliasesInIntrospection > 0) {
    throw invalid(
      'Below __schema and __type aliases are not allowed: introspection is free, and they would multiply it.',
    );
  }
  let comparisons = FRAGMENT_COMPARISON * pairs(counts.fragments);
  let worst = '';
  for (const [name, times] of counts.names) {
    comparisons += pairs(times);
    if (times > (counts.names.get(worst) ?? 0)) worst = name;
  }
  if (comparisons > limits.maxComparisons) {
    throw invalid(
      `Fields of the same name and fragments are compared with each other, at most ${limits.maxComparisons} times, but this document needs ${comparisons}: it has ${counts.fragments} fragments, and writes ${worst} ${counts.names.get(worst)} times.`,
    );
  }
}

/** Of two fragments, in comparisons of two fields. It also bounds how deep graphql-js calls itself where fragments
 *  spread each other in a circle: by the pairs of them. */
const FRAGMENT_COMPARISON = 6;

const pairs = (count: number): number => (count * (count - 1)) / 2;

/** How deep a selection set goes; each fragment is looked at once. */
function depths(fragments: ReadonlyMap<string, FragmentDefinitionNode>): (set: SelectionSetNode) => number {
  const known = new Map<string, number>();
  const depthOf = (set: SelectionSetNode): number => {
    let deepest = 0;
    for (const selection of set.selections) {
      const depth =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(selection.name.value)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? depthOf(selection.selectionSet)
            : 1 +
              (selection.selectionSet && !isIntrospection(selection.name.value) ? depthOf(selection.selectionSet) : 0);
      if (depth > deepest) deepest = depth;
    }
    return deepest;
  };
  const ofFragment = (name: string): number => {
    const seen = known.get(name);
    if (seen !== undefined) return seen;
    const fragment = fragments.get(name);
    known.set(name, 0); // a circle ends here
    const depth = fragment && !isOfIntrospection(fragment) ? depthOf(fragment.selectionSet) : 0;
    known.set(name, depth);
    return depth;
  };
  return depthOf;
}

/** Fields at the root of an operation; a fragment counts once, as it executes once. */
function rootFields(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): number {
  const seen = new Set<string>();
  const count = (from: SelectionSetNode): number => {
    let fields = 0;
    for (const selection of from.selections) {
      if (selection.kind === Kind.FIELD) fields++;
      else if (selection.kind === Kind.INLINE_FRAGMENT) fields += count(selection.selectionSet);
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) fields += count(fragment.selectionSet);
      }
    }
    return fields;
  };
  return count(set);
}
