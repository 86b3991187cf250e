// Commands on pages and rows, but for the trash (trash.ts). Each answers with ids, so that it can be answered again.

import type { EventType } from '../events/event.js';
import { attachUploads } from '../file/attach.js';
import { type Id, newId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { Refusal } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import { TITLE_PROPERTY_ID } from '../property/property.js';
import type { PropertyInput } from '../property/property-input.js';
import { commit, type Unit } from '../unit-of-work.js';
import { limitsOf, type Writer } from './limits.js';
import { type ChangeOf, firstLook, type LookInput, lookChanges, readLook, requireSome, uploadsOfLook } from './look.js';
import { insertMarkdown } from './markdown-lifecycle.js';
import { insertPages, recordRows, recordRowsOf } from './new-page.js';
import { lockPlace, type Place, requireDepth } from './place.js';
import { relocate } from './relocate.js';
import { changeRows, enterTable, insertRows, isRow, type Outcome } from './row-batch.js';
import { lockEditable, lockTarget, requireLive, requireTargetVersion, rewrite, type Target } from './target.js';
import { holdTree, takeTree } from './tree-lock.js';

/** What a row holds besides what every page has. */
export interface PropertiesInput {
  properties?: readonly PropertyInput[] | null | undefined;
}

/** Makes a page, or a row below a data source, with what a Markdown text says on it. Refused: where the actor may not
 *  insert; what lies in the trash or is locked; the top of the workspace to guests and connections; a title or address that
 *  is too long; too deep a tree; values of a page that is no row, and what `insertRows` refuses of those of a row; what
 *  `insertMarkdown` refuses. */
export async function createPage(
  caller: Writer,
  input: LookInput & PropertiesInput & { parent: Place; markdown?: string | null | undefined },
): Promise<{ id: Id }> {
  const look = readLook(caller, input);
  const limits = limitsOf(caller);
  const { parent, properties, markdown } = input;
  return commit(caller, async (unit) => {
    holdTree(unit);
    const { id } = parent.kind === 'DataSource' ? await makeRow(parent.id) : await makePage();
    if (markdown) await insertMarkdown(unit, id, { markdown, limits, path: ['markdown'] });
    return { id };

    async function makeRow(dataSourceId: Id): Promise<{ id: Id }> {
      const row = { ...look, properties: properties ?? [], path: [] };
      const batch = { unit, limits, mode: 'ALL_OR_NOTHING' } as const;
      return theOne(await insertRows(batch, dataSourceId, [row], ['parent', 'dataSourceId']));
    }

    async function makePage(): Promise<{ id: Id }> {
      refuseProperties(properties);
      const spot = await lockPlace(unit, parent, 'make a page');
      requireDepth(spot, 1, limits);
      const made = newId();
      await attachUploads(unit, uploadsOfLook(look, made, []));
      insertPages(unit, spot, [{ id: made, ...firstLook(look) }]);
      return { id: made };
    }
  });
}

/** Changes title, icon or cover of a page or row, and the values of a row. What is left out stays; null takes icon and cover
 *  away and empties the title. Refused: what the actor may not update, what lies in the trash or is locked, a stale version,
 *  no change at all; values of a page that is no row, and what `changeRows` refuses of those of a row. */
export async function updatePage(caller: Writer, input: LookInput & PropertiesInput & ChangeOf): Promise<{ id: Id }> {
  const look = readLook(caller, input);
  const { id, expectedVersion, properties } = input;
  return commit(caller, async (unit) => {
    holdTree(unit);
    if (!properties?.length) requireSome(look);
    if (await isRow(unit, id)) {
      const change = { id, expectedVersion, ...look, properties: properties ?? [], path: [] };
      return theOne(await changeRows({ unit, limits: limitsOf(caller), mode: 'ALL_OR_NOTHING' }, [change]));
    }
    const page = await lockEditable(unit, { kind: 'Page', id, doing: 'update a page' }, input);
    refuseProperties(properties);
    await attachUploads(unit, uploadsOfLook(look, page.id, []));
    const { set, retitled, relooked } = lookChanges(page, look);
    if (set.length === 0) {
      unit.unchanged();
      return { id: page.id };
    }
    const version = await rewrite(unit, page, set);
    const { title = '' } = look;
    if (retitled) {
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

function refuseProperties(properties: PropertiesInput['properties']): void {
  if (!properties?.length) return;
  throw new Refusal('INVALID', 'Only rows of a data source have properties; this is a page with a title alone.', {
    path: ['properties'],
  });
}

/** Where all are written or none, one that was refused is thrown before. */
function theOne([outcome]: readonly Outcome[]): { id: Id } {
  invariant(outcome && 'id' in outcome, 'A row was neither written nor refused.');
  return outcome;
}

/** Puts a page or row elsewhere, with all that is below it; where it stands already, nothing is done. The values of a row stay
 *  with its data source, and are there again when it comes back. Refused: what the actor may not update; where she may not
 *  insert; below itself; what lies in the trash or is locked; a stale version; too deep a tree. */
export function movePage(caller: Writer, input: ChangeOf & { parent: Place }): Promise<{ id: Id }> {
  return commit(caller, async (unit) => {
    takeTree(unit);
    const page = await lockEditable(unit, { kind: 'Page', id: input.id, doing: 'move a page' }, input);
    const spot = await lockPlace(unit, input.parent, 'move a page there');
    const moved = await relocate(unit, page, spot, limitsOf(caller));
    if (moved === null) unit.unchanged();
    else {
      const { version, ancestors } = moved;
      unit.change({ type: 'PAGE_MOVED', resourceId: page.id, resourceVersion: version, ancestors });
      if (page.parentKind === 'DATA_SOURCE') await recordRowsOf(unit, page);
      if (spot.parent?.kind === 'DataSource') {
        await enterTable(unit, spot.parent.id, page);
        recordRows(unit, spot.parent);
      }
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
    holdTree(unit);
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
