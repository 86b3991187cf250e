// What many ask at the same time is found out once, as far as it makes no difference who asks. That is not judged
// beforehand: whoever is asked as is watched, and an answer for which more of her was looked at than what those of one
// kind have in common is hers alone.

import { type Actor, roleOf } from '../gate/actor.js';

/** Answers are shared for so long; much shorter than a lease, as nobody should read what is old. */
const KEPT_MS = 250;
const MAX_PERSONAL = 1_000;

/** What those of one kind have in common. */
const COMMON: ReadonlySet<string | symbol> = new Set(['kind', 'workspaceId', 'role', 'bits']);

export interface Question {
  /** What stays the same from one time to the next. */
  of: string;
  /** What it is about this time. */
  about: string;
}

interface Outcome {
  /** Whose it is; `null` for everybody's of the kind. */
  self: string | null;
  result?: unknown;
  error?: unknown;
}

interface Asked {
  askedAt: number;
  outcome: Promise<Outcome>;
}

export class Together {
  private readonly asked = new Map<string, Asked>();
  /** What was seen to make a difference: each is asked for herself then, without waiting for another. */
  private readonly personal = new Set<string>();

  /** `isOn` false: everybody asks for herself, which benches and tests compare with. */
  constructor(private readonly isOn = true) {}

  /** The answer to a question, from `run` or from somebody who asked the same just now. `run` is handed whom to ask as,
   *  has to ask nothing as anybody else, and must not depend on whether the first who asked is still there. */
  async ask<Result>(
    actor: Actor,
    { of, about }: Question,
    run: (actor: Actor) => Result | Promise<Result>,
  ): Promise<Result> {
    if (!this.isOn) return run(actor);
    const kind = `${actor.workspaceId} ${actor.kind} ${roleOf(actor)} ${actor.bits}\n${of}`;
    const question = `${kind}\n${about}`;
    const self = selfOf(actor);
    if (!this.personal.has(kind)) {
      const outcome = await this.once(question, actor, self, run);
      if (outcome.self === null || outcome.self === self) return answerOf(outcome);
      if (this.personal.size >= MAX_PERSONAL) this.personal.clear();
      this.personal.add(kind);
    }
    return answerOf(await this.once(`${question}\n${self}`, actor, self, run));
  }

  private once(key: string, actor: Actor, self: string, run: (actor: Actor) => unknown): Promise<Outcome> {
    const now = performance.now();
    const known = this.asked.get(key);
    if (known && now - known.askedAt < KEPT_MS) return known.outcome;
    const asked = { askedAt: now, outcome: outcomeOf(actor, self, run) };
    this.asked.set(key, asked);
    setTimeout(() => {
      if (this.asked.get(key) === asked) this.asked.delete(key);
    }, KEPT_MS).unref();
    return asked.outcome;
  }
}

async function outcomeOf(actor: Actor, self: string, run: (actor: Actor) => unknown): Promise<Outcome> {
  const watched = watch(actor);
  try {
    const result = await run(watched.actor);
    return { self: watched.isPersonal() ? self : null, result };
  } catch (error) {
    return { self: watched.isPersonal() ? self : null, error };
  }
}

function answerOf<Result>(outcome: Outcome): Result {
  if ('error' in outcome) throw outcome.error;
  return outcome.result as Result;
}

/** All there is about somebody but where she asks from, which decides nothing. */
const selfOf = (actor: Actor): string => JSON.stringify({ ...actor, address: undefined });

/** An actor who remembers whether anything of her was looked at that others of her kind have not. */
function watch(actor: Actor): { actor: Actor; isPersonal(): boolean } {
  let isPersonal = false;
  const note = (key?: string | symbol): void => {
    if (key === undefined || !COMMON.has(key)) isPersonal = true;
  };
  const watched = new Proxy(actor, {
    get: (target, key) => {
      note(key);
      return Reflect.get(target, key);
    },
    has: (target, key) => {
      note(key);
      return Reflect.has(target, key);
    },
    ownKeys: (target) => {
      note();
      return Reflect.ownKeys(target);
    },
    getOwnPropertyDescriptor: (target, key) => {
      note(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
  return { actor: watched, isPersonal: () => isPersonal };
}
