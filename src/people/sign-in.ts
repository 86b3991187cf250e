// Signing in: an address and a password become a session. Whether somebody has an account is told neither by the words
// nor by the time of an answer.

import type { EntityManager } from '@mikro-orm/postgresql';
import { appendEntries } from '../audit/append.js';
import { INSTALLATION_LOG } from '../audit/entry.js';
import { operatorOf } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { commitAbout, inHerLogs } from './about.js';
import { giveTryBack, networkOf, type SignInLimits, takeTry } from './limiter.js';
import { hashPassword, isOutdated, isPassword } from './password.js';
import { type StartedSession, startSession, type Visitor } from './session.js';

/** What is kept beside the visitor: one of it for each process. */
export interface Doorkeeper {
  limits: SignInLimits;
  refused: RefusedSignIns;
}

export interface KnownPerson {
  id: Id;
  name: string;
  email: string;
  passwordHash: string | null;
}

/** Starts a session for whoever proves that she is the person with this address. Refused: a wrong address or password, in
 *  the same words; too many tries. The session her browser had before, `replaces`, ends. */
export async function signIn(
  visitor: Visitor,
  { email, password, replaces }: { email: string; password: string; replaces?: Id | undefined },
  doorkeeper: Doorkeeper,
): Promise<StartedSession & { personId: Id }> {
  const proved = await provePassword(visitor, { email, password }, doorkeeper);
  const personId = proved.id;
  const started = await commitAbout(visitor, personId, async (em, record) => {
    await holdPassword(em, proved);
    return startSession(em, visitor, { personId, replaces }, record);
  });
  return { ...started, personId };
}

/** The person with this address, when that is her password. It always asks the same of the database, and always takes the
 *  time of one hash. */
export async function provePassword(
  visitor: Visitor,
  { email, password }: { email: string; password: string },
  { limits, refused }: Doorkeeper,
): Promise<KnownPerson> {
  const { keys, address } = visitor;
  const em = visitor.em();
  const known = await personByEmail(em, email);
  const trier = { account: known?.id ?? email.trim().toLowerCase(), address };
  const wait = await takeTry(em, keys, trier, limits);
  if (wait !== null) {
    if (known) refused.count(known.id, address);
    throw tooManyTries(wait);
  }
  const right = await isPassword(keys, known?.passwordHash ?? null, password);
  if (!known || !right) {
    if (known) refused.count(known.id, address);
    throw wrongPassword();
  }
  await giveTryBack(em, keys, trier, limits);
  if (!known.passwordHash || !isOutdated(known.passwordHash)) return known;
  const passwordHash = await hashPassword(keys, password);
  await storePassword(em, known.id, passwordHash);
  return { ...known, passwordHash };
}

/** Keeps a password that was proved as it is until the transaction ends: a change of it ends the sessions it finds, and
 *  must not miss one that is being started. Refused: it was changed since. */
export async function holdPassword(em: EntityManager, { id, passwordHash }: KnownPerson): Promise<void> {
  const [same] = await em.execute<object[]>(
    'select 1 from person_secret where person_id = ? and password_hash = ? for share',
    [id, passwordHash],
  );
  if (!same) throw wrongPassword();
}

/** Whoever has this address, without regard to case, as mail systems do; `undefined` when nobody has. */
export async function personByEmail(em: EntityManager, email: string): Promise<KnownPerson | undefined> {
  const asked = email.trim();
  const [known] = await em.execute<KnownPerson[]>(
    `select p.id, p.name, p.email, s.password_hash as "passwordHash"
       from person p left join person_secret s on s.person_id = p.id
      where lower(p.email) = lower(?)`,
    [/\p{Cc}/u.test(asked) ? '' : asked], // no address holds one, and PostgreSQL takes no NUL
  );
  return known;
}

/** Writes down a new hash; the one before is gone. */
export async function storePassword(em: EntityManager, personId: Id, passwordHash: string): Promise<void> {
  await em.execute(
    `insert into person_secret (person_id, password_hash) values (?, ?)
     on conflict (person_id) do update set password_hash = excluded.password_hash, updated_at = now()`,
    [personId, passwordHash],
  );
}

const wrongPassword = (): Refusal => new Refusal('UNAUTHENTICATED', 'The e-mail address or the password is wrong.');

export const tooManyTries = (seconds: number): Refusal =>
  new Refusal('RATE_LIMITED', `Too many tries. Wait ${inWords(seconds)}, and try again.`, { retryAfter: seconds });

const inWords = (seconds: number): string =>
  seconds < 120 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`;

/** Refused sign-ins of people there are, counted and now and then written to the logs of their workspaces: one entry for
 *  many, and never while somebody waits, whose time would tell whether there is such a person. */
export class RefusedSignIns {
  private readonly counts = new Map<Id, { count: number; networks: Set<string> }>();

  count(personId: Id, address: string | undefined): void {
    const counted = this.counts.get(personId) ?? { count: 0, networks: new Set() };
    counted.count++;
    if (counted.networks.size < MAX_NETWORKS) counted.networks.add(networkOf(address));
    this.counts.set(personId, counted);
  }

  /** Writes what was counted since the last time. */
  async write({ em }: Pick<Visitor, 'em'>): Promise<void> {
    const counted = [...this.counts];
    this.counts.clear();
    for (const [personId, { count, networks }] of counted) {
      const details = { count, networks: [...networks] };
      await em().transactional(async (transaction) => {
        const tx = transaction as EntityManager;
        const entry = { action: 'session.refused', targetId: personId, byNobody: true, details } as const;
        const entries = await inHerLogs(tx, personId, [entry]);
        const actor = operatorOf(INSTALLATION_LOG); // the gateway counts, and is no actor
        await appendEntries(
          tx,
          entries.map((one) => ({ actor, entry: one })),
        );
      });
    }
  }
}

/** So many networks are named in one entry. */
const MAX_NETWORKS = 5;
