// Days of a time zone: when they begin, and which of them words such as "tomorrow" and "past week" mean. A day is
// written as its midnight in UTC. No SQL here.

import { requireTimeZone } from '../lib/time-zone.js';

const ONE_DAY_MS = 86_400_000;
const MONDAY = 1;

/** From `from` on, before `to`. */
export interface Days {
  from: Date;
  to: Date;
}

const DAY_WORDS = {
  today: (today: Date) => today,
  tomorrow: (today: Date) => plusDays(today, 1),
  yesterday: (today: Date) => plusDays(today, -1),
  oneWeekAgo: (today: Date) => plusDays(today, -7),
  oneWeekFromNow: (today: Date) => plusDays(today, 7),
  oneMonthAgo: (today: Date) => plusMonths(today, -1),
  oneMonthFromNow: (today: Date) => plusMonths(today, 1),
} as const;

type DayWord = keyof typeof DAY_WORDS;

export const isDayWord = (text: string): text is DayWord => Object.hasOwn(DAY_WORDS, text);

/** What every range says of itself. A week begins on Monday; the past and the next ones hold today. */
const RANGES = {
  thisWeek: (today: Date) => {
    const monday = plusDays(today, -((today.getUTCDay() - MONDAY + 7) % 7));
    return [monday, plusDays(monday, 6)];
  },
  pastWeek: (today: Date) => [plusDays(today, -7), today],
  pastMonth: (today: Date) => [plusMonths(today, -1), today],
  pastYear: (today: Date) => [plusMonths(today, -12), today],
  nextWeek: (today: Date) => [today, plusDays(today, 7)],
  nextMonth: (today: Date) => [today, plusMonths(today, 1)],
  nextYear: (today: Date) => [today, plusMonths(today, 12)],
} as const satisfies Record<string, (today: Date) => [first: Date, last: Date]>;

export type RangeWord = keyof typeof RANGES;

export const isRangeWord = (text: string): text is RangeWord => Object.hasOwn(RANGES, text);

/** The days of one time zone as they lie around `now`. Whoever asks what is relative has `isRelative` set. */
export class Calendar {
  isRelative = false;

  private constructor(
    /** Without one days begin in UTC. */
    private readonly zone: Zone | null,
    private readonly now: Date,
  ) {}

  /** Refuses what is no IANA name. UTC when none is given. */
  static in(timeZone: string | null | undefined, now: Date): Calendar {
    return new Calendar(timeZone == null || timeZone === 'UTC' ? null : zoneOf(timeZone), now);
  }

  /** Whether days begin elsewhere than in UTC. */
  get isElsewhere(): boolean {
    return this.zone !== null;
  }

  /** The moment that relative words count from. */
  moment(): Date {
    this.isRelative = true;
    return this.now;
  }

  dayOf(word: DayWord): Date {
    return DAY_WORDS[word](this.today());
  }

  range(word: RangeWord): Days {
    const [from, last] = RANGES[word](this.today());
    return { from, to: plusDays(last, 1) };
  }

  /** The first instant of a day. */
  beginningOf(day: Date): Date {
    return this.zone ? beginningIn(this.zone, day) : day;
  }

  /** The first day that does not begin before an instant. */
  firstDayFrom(instant: Date): Date {
    const day = this.zone ? midnight(localTime(this.zone, instant)) : midnight(instant);
    return this.beginningOf(day) < instant ? plusDays(day, 1) : day;
  }

  private today(): Date {
    const now = this.moment();
    return midnight(this.zone ? localTime(this.zone, now) : now);
  }
}

export const plusDays = (day: Date, days: number): Date => new Date(day.getTime() + days * ONE_DAY_MS);

/** The same day of another month, or the last one of a month that is too short. */
function plusMonths(day: Date, months: number): Date {
  const first = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return plusDays(first, Math.min(day.getUTCDate(), last) - 1);
}

const midnight = (instant: Date): Date => new Date(Math.floor(instant.getTime() / ONE_DAY_MS) * ONE_DAY_MS);

type Zone = Intl.DateTimeFormat;

function zoneOf(timeZone: string): Zone {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: requireTimeZone(timeZone),
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

/** What clocks of a zone show at an instant, to the second, as if they showed UTC. */
function localTime(zone: Zone, instant: Date): Date {
  const parts = Object.fromEntries(zone.formatToParts(instant).map(({ type, value }) => [type, value]));
  const of = (part: string) => Number(parts[part]);
  const shown = new Date(0);
  shown.setUTCFullYear(parts.era === 'BC' ? 1 - of('year') : of('year'), of('month') - 1, of('day'));
  shown.setUTCHours(of('hour'), of('minute'), of('second'));
  return shown;
}

/** Where clocks change, the day begins when they first show it. */
function beginningIn(zone: Zone, day: Date): Date {
  const isReached = (instant: number) => localTime(zone, new Date(instant)) >= day;
  const offsetAt = (instant: number) => localTime(zone, new Date(instant)).getTime() - instant;
  const [before, after] = [day.getTime() - ONE_DAY_MS, day.getTime() + ONE_DAY_MS];
  const offset = offsetAt(before);
  if (offset === offsetAt(after)) return new Date(day.getTime() - offset);
  let [low, high] = [before, after]; // not reached, reached
  while (high - low > 1_000) {
    const middle = Math.floor((low + high) / 2_000) * 1_000;
    if (isReached(middle)) high = middle;
    else low = middle;
  }
  return new Date(high);
}
