// Our own bugs: a condition that must hold, or the operation stops. Callers never handle these.

export class InvariantViolation extends Error {
  override name = 'InvariantViolation';
}

/** Throws when `condition` is false. The message is for us: clients see a masked error with an id. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}
