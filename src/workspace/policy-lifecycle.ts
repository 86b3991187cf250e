// The command on the policy of a workspace.

import { difference } from '../audit/difference.js';
import { requireAdministrator, requireFreshSignIn, requireVersion } from '../gate/ask.js';
import { Refusal } from '../lib/refusal.js';
import { holdWorkspace } from '../people/membership.js';
import { type Caller, commit } from '../unit-of-work.js';
import { policyOf, type WorkspacePolicy } from './policy.js';

/** What happens is told within that. */
const MAX_WINDOW_MS = 60_000;

type Rules = Omit<WorkspacePolicy, 'workspaceId' | 'version'>;

/** Changes what is given and leaves the rest. Tokens of connections that are to be shown once lose their ciphertext here
 *  and now, and going back does not bring it back. Refused: who may not administer, without a fresh sign-in, an outdated
 *  version, an explicit null, a window of events that is longer than a minute. */
export function updateWorkspacePolicy(
  caller: Caller,
  input: { [Rule in keyof Rules]?: Rules[Rule] | null } & { expectedVersion: number },
): Promise<{ policy: WorkspacePolicy }> {
  const { actor } = caller;
  const { workspaceId } = actor;
  requireAdministrator(actor, 'change the policy');
  requireFreshSignIn(actor, 'change the policy');
  const { expectedVersion, ...given } = input;
  const rules = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  for (const [name, value] of Object.entries(rules)) {
    if (value === null)
      throw new Refusal('INVALID', `${name} must not be null. Leave it out to keep it.`, { path: [name] });
  }
  const { eventWindowMs = 0 } = rules as Partial<Rules>;
  if (eventWindowMs < 0 || eventWindowMs > MAX_WINDOW_MS) {
    throw new Refusal('INVALID', `eventWindowMs must be between 0 and ${MAX_WINDOW_MS}, but got: ${eventWindowMs}`, {
      path: ['eventWindowMs'],
    });
  }
  return commit(caller, async (unit) => {
    await holdWorkspace(unit);
    const { version, ...before } = await policyOf(unit.em, workspaceId);
    requireVersion(version, expectedVersion);
    const after = { ...before, ...(rules as Partial<Rules>) };
    const changed = difference(before, after);
    if (!changed) {
      unit.unchanged();
      return { policy: { ...before, version } };
    }
    await unit.em.execute(
      `update workspace
          set who_may_install = ?, owners_only_shares = ?, webhook_actions = ?, personal_access_tokens = ?,
              show_once_tokens = ?, event_window_ms = ?, policy_version = policy_version + 1
        where id = ?`,
      [
        after.whoMayInstall,
        after.ownersOnlyShares,
        after.webhookActions,
        after.personalAccessTokens,
        after.showOnceTokens,
        after.eventWindowMs,
        workspaceId,
      ],
    );
    if (after.showOnceTokens && !before.showOnceTokens) {
      await unit.em.execute('update token set ciphertext = null where workspace_id = ? and ciphertext is not null', [
        workspaceId,
      ]);
    }
    unit.audit({ action: 'workspace_policy.updated', targetId: workspaceId, ...changed });
    return { policy: { ...after, version: version + 1 } };
  });
}
