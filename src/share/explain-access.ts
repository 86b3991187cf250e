// Why may, or may not, this connection do that? Reads the facts the asker may know, in two statements, and has the gate's
// kernel (gate/explain.ts) say what follows from them.

import { subjectOf } from '../connection/subject.js';
import type { Context } from '../context.js';
import { shareNamesOf } from '../gate/capability.js';
import { type Asked, explain, type KnownShare, type Step } from '../gate/explain.js';
import { mayAdminister } from '../gate/rules.js';
import { invalid, Refusal } from '../lib/refusal.js';
import { accessFacts } from './access-facts.js';
import type { AccessExplanation, AccessQuestion, AccessShare, AccessStep } from './explanation.js';

/** Refused: whoever may not ask about this connection, a question about nobody, and a coordinate that is no field, mutation
 *  or guarded input of the schema. */
export async function explainAccess(ctx: Context, question: AccessQuestion): Promise<AccessExplanation> {
  const { actor } = ctx;
  const about = question.about ?? (actor.kind === 'CONNECTION' ? { installationId: actor.installationId } : null);
  if (!about) {
    throw new Refusal('REQUIRED', 'Say about whom you ask: about { connectionId } or about { installationId }.');
  }
  const coordinate = question.coordinate == null ? null : askedOf(ctx, question.coordinate);
  const { connection, installation } = await subjectOf(ctx, about);
  const resource =
    question.resourceId == null
      ? undefined
      : installation && (await accessFacts(ctx, installation.actor, question.resourceId));
  const { allowed, sentence, steps } = explain({
    connection,
    installation,
    resource,
    coordinate,
    action: question.action ?? null,
    mayChange: mayAdminister(actor),
  });
  return {
    allowed,
    sentence,
    steps: steps.map(stepOf),
    resourceId: resource?.id ?? null,
    installedById: installation?.installer?.id ?? null,
  };
}

function askedOf(ctx: Context, coordinate: string): Asked {
  const rule = ctx.ruleOf(coordinate);
  if (!rule) {
    const came = JSON.stringify(coordinate.slice(0, 80));
    throw invalid(`coordinate should name a field, mutation or guarded input, like Page.title, but got: ${came}`);
  }
  return { rule, content: ctx.contentOf(coordinate) };
}

const stepOf = ({ shares, ...step }: Step): AccessStep => ({ ...step, shares: shares.map(shareOf) });

const shareOf = ({ access, grantedBy, ...share }: KnownShare): AccessShare => ({
  ...share,
  access: shareNamesOf(access),
  grantedById: grantedBy?.id ?? null,
});
