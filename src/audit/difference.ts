// What an entry says of a change: the fields that differ, as they were and as they are.

/** The members of `after` that differ from `before`, on both sides; `null` when none does. */
export function difference<T extends object>(
  before: T,
  after: T,
): { before: Record<string, unknown>; after: Record<string, unknown> } | null {
  const names = (Object.keys(after) as (keyof T & string)[]).filter((name) => before[name] !== after[name]);
  if (names.length === 0) return null;
  const pick = (of: T) => Object.fromEntries(names.map((name) => [name, of[name]]));
  return { before: pick(before), after: pick(after) };
}
