// Times as people read them: how long ago or ahead, and the exact one, in the viewer's zone, on hover and for screen readers.

import { Text, Tooltip } from '@mantine/core';

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long' });

/** `3 hours ago`, `in 2 days`, `just now`. */
export function wordsForTime(at: Date, now = Date.now()): string {
  const ms = at.getTime() - now;
  for (const [unit, size] of UNITS) if (Math.abs(ms) >= size) return relative.format(Math.trunc(ms / size), unit);
  return ms > 0 ? 'in less than a minute' : 'just now';
}

/** A time of the gateway; `never` where there is none. */
export function Moment({ at, never = 'Never' }: { at: string | null | undefined; never?: string }) {
  if (at === null || at === undefined) {
    return (
      <Text span inherit c="dimmed">
        {never}
      </Text>
    );
  }
  const time = new Date(at);
  return (
    <Tooltip label={exact.format(time)} withArrow>
      <time dateTime={at}>{wordsForTime(time)}</time>
    </Tooltip>
  );
}
