// Why may it, or why may it not? The questions of the gate one after the other, up to the first that fails, over facts that
// were loaded as far as the asker may know them: what is not among them cannot be said. The decisions are not made here a
// second time: whether an installation works, what bits are left on an object and which bits a field needs come from the
// SQL and the table by which the gate itself decides.

import { toRfc3339 } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import type { ConnectionActor } from './actor.js';
import {
  type Bits,
  bitsOf,
  type Capability,
  CONTENT_BITS,
  namesOf,
  READ,
  type ShareAccess,
  shareBitsOf,
  shareNamesOf,
  withImplied,
} from './capability.js';
import { type AnyOf, describeNeeds, type FieldRule, isForActor } from './field-rule.js';

/** In the order in which they are asked. */
export const GATE_QUESTIONS = [
  'CONNECTION',
  'WORKSPACE',
  'INSTALLATION',
  'TOKEN',
  'MEMBERSHIP',
  'RESOURCE',
  'SHARE',
  'CAPABILITIES',
  'RULE',
] as const;
export type GateQuestion = (typeof GATE_QUESTIONS)[number];

export type Outcome = 'PASSED' | 'FAILED' | 'NOT_ASKED';

type Instant = Date | string;

export interface KnownConnection {
  id: Id;
  name: string;
  kind: 'INTERNAL' | 'PUBLIC';
  status: 'ACTIVE' | 'SUSPENDED' | 'DELETED';
  suspendedAt: Instant | null;
  deletedAt: Instant | null;
  /** Whether this is its home, where its settings are changed. */
  isAtHome: boolean;
  /** The capabilities it asks for; what was granted is at the gate. */
  requested: Bits;
}

export interface KnownInstallation {
  id: Id;
  status: 'ACTIVE' | 'SUSPENDED' | 'ENDED';
  /** Who it is at the gate. */
  actor: ConnectionActor;
  /** Whether anything was granted to it, if only no capability at all. */
  isGranted: boolean;
  /** `null` when it belongs to the workspace. */
  installer: { id: Id; name: string | null; isMember: boolean } | null;
  hasLiveToken: boolean;
  /** `null` while the workspace is there. */
  workspaceDeletedAt: Instant | null;
  /** Whether the gate lets it in, by the condition it lets tokens in by. */
  works: boolean;
}

export type ShareState = 'LIVE' | 'EXPIRED' | 'REVOKED';

export interface KnownShare {
  id: Id;
  resourceId: Id;
  /** What the share is on; `title` is `null` where the asker may not read it. */
  kind: ResourceKind | null;
  title: string | null;
  access: Bits;
  state: ShareState;
  grantedAt: Instant;
  /** `null` for the operator. */
  grantedBy: { id: Id; name: string | null } | null;
  expiresAt: Instant | null;
  revokedAt: Instant | null;
}

export type ResourceKind = 'Page' | 'Database' | 'DataSource';

export interface KnownResource {
  id: Id;
  kind: ResourceKind;
  /** `null` where the asker may not read it, and so is the next. */
  title: string | null;
  inTrash: boolean | null;
  /** The bits the connection has on it, as the statements of the gate answer them. */
  access: Bits;
  /** On it or above it, the nearest first: the open one of each resource, else the last that ended. */
  shares: readonly KnownShare[];
}

/** A field, mutation, argument or input of the schema. */
export interface Asked {
  rule: FieldRule;
  /** On which types of content it stands; `null`: it asks the actor's bits. */
  content: readonly string[] | null;
}

export interface AccessFacts {
  connection: KnownConnection;
  /** In the workspace of the asker; `null` when there is none. */
  installation: KnownInstallation | null;
  /** `undefined` when none was asked about, `null` when the asker knows of none with this id. */
  resource: KnownResource | null | undefined;
  coordinate: Asked | null;
  /** What was asked for; `null` leaves it to the rest of the question. */
  action: ShareAccess | null;
  /** Whether the asker could carry out what would change the answer. */
  mayChange: boolean;
}

export interface Step {
  asked: GateQuestion;
  outcome: Outcome;
  /** One sentence. */
  detail: string;
  /** Those the answer comes from. */
  shares: readonly KnownShare[];
  /** Any of these sets would do; `null` where no capability was asked for. */
  needs: AnyOf | null;
  /** What there is of them. */
  has: readonly Capability[] | null;
  /** A mutation that would change this answer; `null` where nothing can, or the asker could not. */
  remedy: string | null;
}

export interface Explanation {
  allowed: boolean;
  sentence: string;
  steps: readonly Step[];
}

/** What came of a question; the clause stands after "because" as well as alone. `null`: there was nothing to ask. */
type Finding =
  | ({ passed: boolean; clause: string } & Partial<Pick<Step, 'shares' | 'needs' | 'has' | 'remedy'>>)
  | { passed: null; clause: string };

/** Asks one question after the other; what comes after the first that fails is not asked any more. */
export function explain(facts: AccessFacts): Explanation {
  let failed: Finding | undefined;
  const findings = new Map<GateQuestion, Finding>();
  const steps = GATE_QUESTIONS.map((asked): Step => {
    const finding: Finding = failed ? { passed: null, clause: 'an earlier question failed' } : ASK[asked](facts);
    if (finding.passed === false) failed = finding;
    findings.set(asked, finding);
    const { clause } = finding;
    const nothing = { shares: [], needs: null, has: null, remedy: null };
    const detail = `${clause[0]?.toUpperCase()}${clause.slice(1)}.`;
    if (finding.passed === null) return { asked, outcome: 'NOT_ASKED', detail, ...nothing };
    const { shares = [], needs = null, has = null, remedy = null } = finding;
    const outcome = finding.passed ? 'PASSED' : 'FAILED';
    return { asked, outcome, detail, shares, needs, has, remedy: facts.mayChange ? remedy : null };
  });
  const cameIn = ENTRANCE.every((asked) => findings.get(asked)?.passed);
  invariant(!cameIn || facts.installation?.works, 'An explanation lets in whom the gate does not.');
  return { allowed: failed === undefined, sentence: sentenceOf(facts, findings, failed), steps };
}

/** What decides whether it comes in at all. */
const ENTRANCE: readonly GateQuestion[] = ['CONNECTION', 'WORKSPACE', 'INSTALLATION', 'TOKEN', 'MEMBERSHIP'];

type Ask = (facts: AccessFacts) => Finding;

const nothingAsked = (clause: string): Finding => ({ passed: null, clause });

const ASK: Record<GateQuestion, Ask> = {
  CONNECTION({ connection: { id, status, suspendedAt, deletedAt, isAtHome } }) {
    switch (status) {
      case 'ACTIVE':
        return { passed: true, clause: 'the connection works' };
      case 'SUSPENDED': {
        const remedy = isAtHome ? `resumeConnection(input: { id: "${id}" })` : null;
        return { passed: false, clause: `the connection is suspended${since(suspendedAt)}`, remedy };
      }
      case 'DELETED':
        return { passed: false, clause: `the connection was deleted${on(deletedAt)}` };
    }
  },

  WORKSPACE({ installation }) {
    if (!installation) return { passed: false, clause: 'it is not installed in this workspace' };
    const { workspaceDeletedAt } = installation;
    return workspaceDeletedAt === null
      ? { passed: true, clause: 'it is installed in this workspace, and sees nothing of any other' }
      : { passed: false, clause: `the workspace was deleted${on(workspaceDeletedAt)}` };
  },

  INSTALLATION({ installation }) {
    const { status, isGranted } = present(installation);
    switch (status) {
      case 'ACTIVE':
        return isGranted
          ? { passed: true, clause: 'the installation works' }
          : { passed: false, clause: 'nothing was ever granted to the installation' };
      case 'SUSPENDED':
        return { passed: false, clause: 'the installation is suspended' };
      case 'ENDED':
        return { passed: false, clause: 'the installation was removed from the workspace' };
    }
  },

  TOKEN({ connection, installation }) {
    if (present(installation).hasLiveToken) return { passed: true, clause: 'it has a live token' };
    const rotates = connection.kind === 'INTERNAL' && connection.isAtHome;
    const remedy = rotates ? `rotateToken(input: { connectionId: "${connection.id}" })` : null;
    return { passed: false, clause: 'each of its tokens was revoked or has expired', remedy };
  },

  MEMBERSHIP({ installation }) {
    const { installer } = present(installation);
    if (!installer) return { passed: true, clause: 'it belongs to the workspace, and hangs on no membership' };
    const who = installer.name === null ? 'the person who installed it' : `${installer.name}, who installed it,`;
    return installer.isMember
      ? { passed: true, clause: `${who} is in the workspace` }
      : { passed: false, clause: `${who} has left the workspace` };
  },

  RESOURCE({ resource }) {
    if (resource === undefined) return nothingAsked('no page, database or data source was asked about');
    if (resource === null) {
      return {
        passed: false,
        clause: 'nothing with this id was found: it is missing or out of reach, which look the same',
      };
    }
    const { kind, title, inTrash } = resource;
    const clause = `${named(kind, title)} is there`;
    return {
      passed: true,
      clause: inTrash ? `${clause}, in the trash: lists leave it out unless asked, its id finds it` : clause,
    };
  },

  SHARE(facts) {
    const { resource } = facts;
    if (!resource) return nothingAsked('no page, database or data source was asked about');
    const shares = resource.shares.filter(({ state }) => state === 'LIVE');
    if (shares.length > 0) {
      if (resource.access === 0 && heldBack(facts) !== 0) {
        return { passed: false, clause: `it is shared, but ${installerOf(facts)} does not reach it herself`, shares };
      }
      return { passed: true, clause: listed(shares.map((share) => opening(share))), shares };
    }
    // Opened by what the asker may not know of.
    if (resource.access !== 0) return { passed: true, clause: 'it is shared with the connection' };
    const ended = resource.shares.map((share) => ending(share));
    const clause =
      ended.length > 0
        ? `nothing opens this ${KIND[resource.kind]} any more: ${listed(ended)}`
        : `neither this ${KIND[resource.kind]} nor anything above it is shared with the connection`;
    return { passed: false, clause, shares: resource.shares, remedy: shareRemedy(facts, shareOfNeed(facts)) };
  },

  CAPABILITIES(facts) {
    const { resource, installation } = facts;
    const wanted = wantedOf(facts);
    const bits = present(installation).actor.bits;
    const has = namesOf(bits);
    if (!resource) {
      if (wanted === null) return nothingAsked('no more than the rule of the field is asked for');
      const needs = [namesOf(wanted)];
      return bits & wanted
        ? { passed: true, clause: `it has ${describeNeeds(needs)}`, needs, has }
        : {
            passed: false,
            clause: lacking(facts, wanted),
            needs,
            has,
            remedy: capabilityRemedy(facts, wanted),
          };
    }
    const left = resource.access & CONTENT_BITS;
    const needs = wanted === null ? null : [namesOf(wanted)];
    if ((left & (wanted ?? CONTENT_BITS)) !== 0) {
      return { passed: true, clause: `of what is shared its capabilities leave ${words(left)}`, needs, has };
    }
    const shares = resource.shares.filter(({ state }) => state === 'LIVE');
    const opened = shares.reduce((all, { access }) => all | access, 0);
    if (wanted !== null && (heldBack(facts) & wanted) !== 0) {
      const clause = `what is shared opens ${words(wanted)}, but ${installerOf(facts)} may not do that here herself`;
      return { passed: false, clause, shares, needs, has };
    }
    const lacks = wanted !== null && (bits & wanted) === 0 && lacking(facts, wanted);
    const clause =
      left === 0
        ? `${lacks || 'it lacks the capabilities'}, and of what is shared (${words(opened)}) nothing is left`
        : lacks
          ? `${lacks}, and of what is shared ${words(left)} alone is left`
          : `what is shared opens ${words(opened || left)}, but not ${words(wanted ?? 0)}`;
    return { passed: false, clause, shares, needs, has, remedy: widening(facts, wanted ?? shareOfNeed(facts)) };
  },

  RULE(facts) {
    const { coordinate, resource, installation } = facts;
    if (!coordinate) return nothingAsked('no field or mutation was asked about');
    const { rule, content } = coordinate;
    const { actor } = present(installation);
    const { needs } = rule;
    if (
      content &&
      resource &&
      RESOURCE_KINDS.some((kind) => content.includes(kind)) &&
      !content.includes(resource.kind)
    ) {
      return {
        passed: false,
        clause: `${rule.coordinate} stands on another kind of object than a ${KIND[resource.kind]}`,
      };
    }
    if (!isForActor(rule, actor)) {
      return { passed: false, clause: `${rule.coordinate} is for people of the workspace, and never for a connection` };
    }
    const bits = content && resource ? resource.access : actor.bits;
    const has = namesOf(bits);
    if (rule.allows[bits] === 1) {
      const clause =
        rule.allows[0] === 1 ? `${rule.coordinate} needs nothing more` : `it has what ${rule.coordinate} needs`;
      return { passed: true, clause, needs, has };
    }
    const where = content && resource ? ` here, and ${words(bits & CONTENT_BITS)} is all that is left` : '';
    return {
      passed: false,
      clause: `${rule.coordinate} needs ${describeNeeds(needs)}${where}`,
      needs,
      has,
      remedy: widening(facts, nearest(needs, bits)),
    };
  },
};

/** What the shares that are known open by its capabilities, and whoever installed it for herself does not reach. */
function heldBack({ resource, installation }: AccessFacts): Bits {
  const { installer, actor } = present(installation);
  if (!installer || !resource) return 0;
  const opened = resource.shares.filter(({ state }) => state === 'LIVE').reduce((all, { access }) => all | access, 0);
  return opened & actor.bits & CONTENT_BITS & ~resource.access;
}

const installerOf = ({ installation }: AccessFacts): string =>
  present(installation).installer?.name ?? 'the person who installed it';

const RESOURCE_KINDS: readonly ResourceKind[] = ['Page', 'Database', 'DataSource'];
const KIND: Record<ResourceKind, string> = { Page: 'page', Database: 'database', DataSource: 'data source' };

function present(installation: KnownInstallation | null): KnownInstallation {
  invariant(installation, 'Without an installation the workspace is the last question.');
  return installation;
}

/** The bit of the action that was asked for: READ unless something else was, and none where a field of the object itself
 *  says what it needs. */
function wantedOf({ action, coordinate, resource }: AccessFacts): Bits | null {
  if (action) return shareBitsOf([action]);
  if (!coordinate) return READ;
  return resource && !coordinate.content ? READ : null;
}

/** The content bits that would be enough. */
function shareOfNeed(facts: AccessFacts): Bits {
  const wanted = wantedOf(facts);
  if (wanted !== null) return wanted;
  const needs = facts.coordinate ? nearest(facts.coordinate.rule.needs, facts.resource?.access ?? 0) : 0;
  return needs & CONTENT_BITS || READ;
}

/** The set that adds least to what there is. */
function nearest(needs: AnyOf, has: Bits): Bits {
  const added = (all: readonly Capability[]): number => namesOf(bitsOf(all) & ~has).length;
  const [first] = [...needs].sort((one, other) => added(one) - added(other));
  return withImplied(bitsOf(first ?? []));
}

const lacking = ({ connection }: AccessFacts, missing: Bits): string =>
  `it lacks ${namesOf(missing).join(' and ')}${(missing & ~connection.requested) === 0 ? ', which waits for consent' : ''}`;

/** What would add these bits: the capability first, then the share. */
function widening(facts: AccessFacts, missing: Bits): string | null {
  return (missing & ~present(facts.installation).actor.bits) !== 0
    ? capabilityRemedy(facts, missing)
    : shareRemedy(facts, missing & CONTENT_BITS);
}

/** Consent where the connection asks for these already, else that it asks for them. */
function capabilityRemedy({ connection, installation }: AccessFacts, missing: Bits): string | null {
  if ((missing & ~connection.requested) === 0) {
    return `approveUpgrade(input: { installationId: "${present(installation).id}" })`;
  }
  if (!connection.isAtHome) return null;
  const capabilities = namesOf(withImplied(connection.requested | missing)).join(', ');
  return `updateConnection(input: { id: "${connection.id}", capabilities: [${capabilities}] })`;
}

function shareRemedy({ resource, installation }: AccessFacts, missing: Bits): string | null {
  if (!resource || missing === 0) return null;
  const own = resource.shares.find(({ resourceId, state }) => resourceId === resource.id && state === 'LIVE');
  const access = shareNamesOf((own?.access ?? 0) | missing).join(', ');
  return own
    ? `updateShare(input: { id: "${own.id}", access: [${access}] })`
    : `grantShare(input: { installationId: "${present(installation).id}", resourceId: "${resource.id}", access: [${access}] })`;
}

const ACTION: Record<ShareAccess, string> = {
  READ: 'read',
  UPDATE: 'change',
  INSERT: 'add to',
  COMMENT_READ: 'read comments on',
  COMMENT_INSERT: 'comment on',
};

/** What was asked, and the answer with its reason. */
function sentenceOf(facts: AccessFacts, findings: ReadonlyMap<GateQuestion, Finding>, failed?: Finding): string {
  const { connection, resource, coordinate, action } = facts;
  const object = !resource
    ? resource === null
      ? 'this'
      : 'what is shared with it'
    : named(resource.kind, resource.title);
  const does = `${ACTION[action ?? 'READ']} ${object}`;
  const uses = coordinate && `use ${coordinate.rule.coordinate}`;
  const separate =
    coordinate && (!coordinate.content || action !== null) && (resource !== undefined || action !== null);
  const what = !uses ? does : separate ? `${does} and ${uses}` : resource === undefined ? uses : `${uses} of ${object}`;
  const subject = `"${connection.name}"`;
  if (!failed) {
    const reasons = [resource ? 'SHARE' : null, coordinate ? 'RULE' : resource ? null : 'CAPABILITIES'];
    const clauses = reasons.flatMap((asked) => (asked ? [findings.get(asked as GateQuestion)?.clause] : []));
    return `${subject} may ${what}, because ${clauses.join(', and ')}.`;
  }
  const mayName = resource != null && findings.get('SHARE')?.passed === true && (resource.access & CONTENT_BITS) !== 0;
  return mayName && !uses && (action ?? 'READ') === 'READ'
    ? `${subject} may name ${object}, but not read it, because ${failed.clause}.`
    : `${subject} may not ${what}, because ${failed.clause}.`;
}

const named = (kind: ResourceKind, title: string | null): string =>
  title === null ? `this ${KIND[kind]}` : `the ${KIND[kind]} "${shortened(title)}"`;

const shortened = (title: string): string =>
  title.length > MAX_TITLE_LENGTH ? `${title.slice(0, MAX_TITLE_LENGTH)}…` : title;

const MAX_TITLE_LENGTH = 100;

const words = (bits: Bits): string => shareNamesOf(bits).join(' and ') || 'nothing';

/** `the share on the page "Plan" (granted by Ada on …) opens READ until 2026-11-30 12:00 UTC` */
function opening(share: KnownShare): string {
  const until = share.expiresAt === null ? '' : ` until ${time(share.expiresAt)}`;
  return `${the(share)} opens ${words(share.access)}${until}`;
}

function ending(share: KnownShare): string {
  return share.state === 'EXPIRED'
    ? `${the(share)} expired${on(share.expiresAt)}`
    : `${the(share)} was revoked${on(share.revokedAt)}`;
}

const the = ({ kind, title, grantedBy, grantedAt }: KnownShare): string =>
  `the share on ${kind === null || title === null ? 'something above' : named(kind, title)} (granted by ${grantedBy ? (grantedBy.name ?? 'somebody') : 'the operator'} on ${time(grantedAt)})`;

const listed = (clauses: readonly string[]): string => clauses.join('; ');

const time = (at: Instant): string => `${toRfc3339(at).slice(0, 16).replace('T', ' ')} UTC`;
const since = (at: Instant | null): string => (at === null ? '' : ` since ${time(at)}`);
const on = (at: Instant | null): string => (at === null ? '' : ` on ${time(at)}`);
