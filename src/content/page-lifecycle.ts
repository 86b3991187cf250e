// Commands on pages and rows, but for the trash (trash.ts). Each answers with ids, so that it can be answered again.

import type { EventType } from '../events/event.js';
import { type Id, newId } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import { TITLE_PROPERTY_ID } from '../property/property.js';
import { writeTitleSlot } from '../property/title-slot.js';
import { commit, type Unit } from '../unit-of-work.js';
import { limitsOf, type Writer } from './limits.js';
import { type ChangeOf, firstLook, type LookInput, lookChanges, readLook, requireSome } from './look.js';
import { insertPages, recordRows, recordRowsOf } from './new-page.js';
import { lockPlace, type Place, requireDepth } from './place.js';
import { relocate } from './relocate.js';
import { lockEditable, lockTarget, requireLive, requireTargetVersion, rewrite, type Target } from './target.js';
import { holdTree, takeTree } from './tree-lock.js';

/** Makes a page, or a row below a data source. Refused: where the actor may not insert; what lies in the trash or is locked;
 *  the top of the workspace to guests and connections; a title or address that is too long; too deep a tree. */
export async function createPage(caller: Writer, input: LookInput & { parent: Place }): Promise<{ id: Id }> {
  const look = firstLook(readLook(caller, input));
  return commit(caller, async (unit) => {
    await holdTree(unit);
    const spot = await lockPlace(unit, input.parent, 'make a page');
    requireDepth(spot, 1, limitsOf(caller));
    const id = newId();
    await insertPages(unit, spot, [{ id, ...look }]);
    return { id };
  });
}

/** Changes title, icon or cover of a page or row. What is left out stays; null takes icon and cover away and empties the
 *  title. Refused: what the actor may not update, what lies in the trash or is locked, a stale version, no change at all. */
export async function updatePage(caller: Writer, input: LookInput & ChangeOf): Promise<{ id: Id }> {
  const look = readLook(caller, input);
  return commit(caller, async (unit) => {
    await holdTree(unit);
    requireSome(look);
    const page = await lockEditable(unit, { kind: 'Page', id: input.id, doing: 'update a page' }, input);
    const { set, retitled, relooked } = lookChanges(page, look);
    if (set.length === 0) {
      unit.unchanged();
      return { id: page.id };
    }
    const version = await rewrite(unit, page, set);
    const { title = '' } = look;
    if (retitled) {
      if (page.parentKind === 'DATA_SOURCE') await writeTitleSlot(unit, page, title);
      record(unit, 'PAGE_PROPERTIES_UPDATED', page, version, {
        updatedProperties: [TITLE_PROPERTY_ID],
        before: { [TITLE_PROPERTY_ID]: page.title },
        after: { [TITLE_PROPERTY_ID]: title },
      });
    }
    if (relooked) record(unit, 'PAGE_CONTENT_UPDATED', page, version);
    return { id: page.id };
  });
}

/** Puts a page or row elsewhere, with all that is below it; where it stands already, nothing is done. The values of a row stay
 *  with its data source, and are there again when it comes back. Refused: what the actor may not update; where she may not
 *  insert; below itself; what lies in the trash or is locked; a stale version; too deep a tree. */
export function movePage(caller: Writer, input: ChangeOf & { parent: Place }): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    await takeTree(unit);
    const page = await lockEditable(unit, { kind: 'Page', id: input.id, doing: 'move a page' }, input);
    const spot = await lockPlace(unit, input.parent, 'move a page there');
    const moved = await relocate(unit, page, spot, limitsOf(caller));
    if (moved === null) unit.unchanged();
    else {
      const { version, ancestors } = moved;
      unit.change({ type: 'PAGE_MOVED', resourceId: page.id, resourceVersion: version, ancestors });
      if (page.parentKind === 'DATA_SOURCE') await recordRowsOf(unit, page);
      if (spot.parent?.kind === 'DataSource') recordRows(unit, spot.parent);
    }
    return { id: page.id };
  });
}

/** Keeps a page from being written until it is unlocked; a locked one stays so. Refused: what the actor may not update, what
 *  lies in the trash, a stale version. */
export const lockPage = (caller: Writer, input: ChangeOf): Promise<{ id: Id }> => setLock(caller, input, true);

/** Lets a page be written again; one that is not locked stays so. Refused like `lockPage`. */
export const unlockPage = (caller: Writer, input: ChangeOf): Promise<{ id: Id }> => setLock(caller, input, false);

function setLock(caller: Writer, input: ChangeOf, locked: boolean): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    await holdTree(unit);
    const doing = `${locked ? 'lock' : 'unlock'} a page`;
    const page = await lockTarget(unit, { kind: 'Page', id: input.id, doing });
    requireLive(page);
    requireTargetVersion(page, input.expectedVersion);
    if (page.isLocked === locked) unit.unchanged();
    else {
      const version = await rewrite(unit, page, [sql`locked = ${locked}`]);
      record(unit, locked ? 'PAGE_LOCKED' : 'PAGE_UNLOCKED', page, version);
    }
    return { id: page.id };
  });
}

function record(
  unit: Unit,
  type: EventType,
  { id: resourceId, ancestors }: Target,
  resourceVersion: number,
  details?: Record<string, unknown>,
): void {
  unit.change({ type, resourceId, resourceVersion, ancestors, ...(details && { details }) });
}
