// What owners decide for everybody in their workspace.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';

export interface WorkspacePolicy {
  /** Who may install public connections. */
  whoMayInstall: 'ANYONE' | 'APPROVED_ONLY' | 'OWNERS';
  /** Whether only owners may share pages with connections and guests. */
  ownersOnlyShares: boolean;
}

/** The policy of a workspace as this transaction sees it. */
export async function policyOf(_em: EntityManager, _workspaceId: Id): Promise<WorkspacePolicy> {
  return { whoMayInstall: 'ANYONE', ownersOnlyShares: false };
}
