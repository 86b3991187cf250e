// Who a name in an export stands for. An export says what people are called, and nothing else of them.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { Id } from '../lib/id.js';
import { comparable } from './names.js';

export interface NamedPerson {
  id: Id;
  name: string;
  /** She is a member or guest now; else she was. */
  isHere: boolean;
}

/** Everybody who is or was in a workspace: whoever left is still named where she was. */
export const peopleOf = (em: EntityManager, workspaceId: Id): Promise<NamedPerson[]> =>
  em.execute<NamedPerson[]>(
    `select p.id, p.name, m.ended_at is null as "isHere"
       from membership m join person p on p.id = m.person_id where m.workspace_id = ? order by p.id`,
    [workspaceId],
  );

/** Whom a name may stand for: those who are here before those who were. */
export function peopleByName(people: readonly NamedPerson[]): (name: string) => readonly Id[] {
  const byName = Map.groupBy(people, ({ name }) => comparable(name));
  return (name) => {
    const called = byName.get(comparable(name)) ?? [];
    const here = called.filter(({ isHere }) => isHere);
    return (here.length > 0 ? here : called).map(({ id }) => id);
  };
}
