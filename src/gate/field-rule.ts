// The rule of one schema coordinate, compiled from its directives: which sets of capabilities pass, and for whom.

import { invariant } from '../lib/invariant.js';
import { type Actor, type ActorKind, atLeast, roleOf, type WorkspaceRole } from './actor.js';
import { ALL_BITS, type Bits, bitsOf, type Capability, isCapability, namesOf, withImplied } from './capability.js';

export type Denial = 'NULL' | 'ERROR';

/** Any of these sets is enough. */
export type AnyOf = readonly (readonly Capability[])[];

export interface ActorRule {
  kinds: readonly ActorKind[];
  /** At least this, for persons; `null` asks for no role. */
  role: WorkspaceRole | null;
}

export interface FieldRule {
  coordinate: string;
  /** `allows[bits]` is 1 for each of the 128 sets that passes. */
  allows: Uint8Array;
  /** The smallest sets that pass, for messages and receipts; `[[]]` when every set passes. */
  needs: AnyOf;
  /** `uses[bits]`: by which capabilities such a set passes. 0 where it does not, and where nothing is needed. */
  uses: Uint8Array;
  whenDenied: Denial;
  /** All must hold. */
  actors: readonly ActorRule[];
}

/** Builds a rule out of everything declared for a coordinate: all demands must pass, each by any of its sets. */
export function fieldRule(
  coordinate: string,
  demands: readonly { anyOf: AnyOf; whenDenied: Denial }[],
  actors: readonly ActorRule[] = [],
): FieldRule {
  const masks = demands.map(({ anyOf }) => anyOf.map((all) => bitsOf(all.map((name) => known(name, coordinate)))));
  const allows = Uint8Array.from({ length: ALL_BITS + 1 }, (_, bits) =>
    masks.every((any) => any.some((all) => (bits & all) === all)) ? 1 : 0,
  );
  const needs = smallestSets(allows);
  return {
    coordinate,
    allows,
    needs,
    uses: allows.map((allowed, bits) => (allowed ? firstWithin(bits, needs) : 0)),
    whenDenied: demands.some((demand) => demand.whenDenied === 'ERROR') ? 'ERROR' : 'NULL',
    actors,
  };
}

/** True when some actor is turned away: such a field needs a guard. */
export const isGuarded = (rule: FieldRule): boolean => rule.actors.length > 0 || rule.allows.includes(0);

/** True when `rule` passes wherever `other` does not as well: looser in at least one case. */
export const isLooserThan = (rule: FieldRule, other: FieldRule): boolean =>
  rule.allows.some((allowed, bits) => allowed === 1 && other.allows[bits] === 0) ||
  other.actors.some((demand) => !rule.actors.some((own) => isAtLeastAsStrict(own, demand)));

/** True when the kind and role of the actor are among those the rule is for. */
export const isForActor = (rule: FieldRule, actor: Actor): boolean =>
  rule.actors.every(
    ({ kinds, role }) =>
      kinds.includes(actor.kind) && (actor.kind !== 'PERSON' || role === null || atLeast(roleOf(actor), role)),
  );

/** "CONTENT_READ", "A and B", "A, or B and C": what would have been enough. */
export const describeNeeds = (needs: AnyOf): string => needs.map((all) => all.join(' and ')).join(', or ');

const isAtLeastAsStrict = (own: ActorRule, demand: ActorRule): boolean =>
  own.kinds.every((kind) => demand.kinds.includes(kind)) &&
  (demand.role === null || (own.role !== null && atLeast(own.role, demand.role)));

function known(name: string, coordinate: string): Capability {
  invariant(isCapability(name), `${coordinate} requires "${name}", which is not a capability.`);
  return name;
}

/** Minimal passing sets; a set that only adds what another already has is left out, and so is what is implied. */
function smallestSets(allows: Uint8Array): AnyOf {
  const passing = [...allows.keys()].filter((bits) => allows[bits]);
  return passing
    .filter((bits) => passing.every((other) => other === bits || (other & bits) !== other))
    .map((bits: Bits) => withoutImplied(bits));
}

/** The first of the sets that `bits` hold, with what it implies. */
const firstWithin = (bits: Bits, needs: AnyOf): Bits =>
  withImplied(needs.map(bitsOf).find((set) => (bits & set) === set) ?? 0);

const withoutImplied = (bits: Bits): Capability[] =>
  namesOf(bits).filter(
    (name) => !namesOf(bits).some((other) => other !== name && withImplied(bitsOf([other])) & bitsOf([name])),
  );
