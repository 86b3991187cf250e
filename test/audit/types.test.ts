// An audit entry cannot become an event, so it cannot get onto a webhook or a subscription: the types do not let it. Each
// line below has to fail to compile; where one does not, `npm run typecheck` says so.

import { expect, test } from 'vitest';
import { AUDIT_ACTIONS, type AuditAction, type AuditEntry } from '../../src/audit/entry.js';
import type { Change } from '../../src/events/change.js';
import { EVENT_TYPES, type EventType } from '../../src/events/event.js';
import type { Unit } from '../../src/unit-of-work.js';

type Things = { unit: Unit; entry: AuditEntry; change: Change; action: AuditAction; type: EventType };

test('Neither is taken for the other', () => {
  const things = (): Things => {
    throw new Error('Only the types of them are of interest.');
  };
  const compiled = () => {
    const { unit, entry, change, action, type } = things();
    // @ts-expect-error An audit entry is no change of content, and changes are all that becomes events.
    unit.change(entry);
    // @ts-expect-error Not even when somebody puts both into one.
    unit.change({ ...change, ...entry });
    // @ts-expect-error Nor the other way round.
    unit.audit(change);
    // @ts-expect-error Nor both as an audit entry.
    unit.audit({ ...entry, ...change });
    // @ts-expect-error An audit action is no type of event.
    const asType: EventType = action;
    // @ts-expect-error And the other way round.
    const asAction: AuditAction = type;
    return [asType, asAction];
  };
  expect(compiled).toThrow('Only the types');
});

test('No audit action shares its name with an event, in either spelling', () => {
  const names = AUDIT_ACTIONS.map((action) => action.toUpperCase().replaceAll('.', '_'));
  const events: readonly string[] = EVENT_TYPES;
  expect(names.filter((name) => events.includes(name))).toEqual([]);
});
