// When deliveries are tried again, and how they are signed.

import { describe, expect, test } from 'vitest';
import { MAX_ATTEMPTS, parseRetryAfter, secondsToNext } from '../../src/webhook/schedule.js';

const now = new Date('2026-03-01T12:00:00Z');
const HOUR = 3_600;

describe('What did not arrive is tried again', () => {
  test('eight times within a day, a little earlier or later each time', () => {
    expect(MAX_ATTEMPTS).toBe(8);
    const sum = (chance: number) => {
      let seconds = 0;
      for (let attempt = 1; ; attempt++) {
        const gap = secondsToNext(attempt, { now, chance });
        if (gap === null) return { attempts: attempt, hours: seconds / HOUR };
        seconds += gap;
      }
    };
    expect(sum(0.5)).toEqual({ attempts: 8, hours: expect.closeTo(24.2, 1) });
    expect(sum(0).hours).toBeCloseTo(24.2 * 0.8, 1);
    expect(sum(1).hours).toBeCloseTo(24.2 * 1.2, 1);
  });

  test.each([
    ['120', 120],
    ['3600', HOUR],
    ['315360000', HOUR],
    ['Sun, 01 Mar 2026 12:05:00 GMT', 300],
    ['Tue, 01 Mar 2036 12:05:00 GMT', HOUR],
    ['Sun, 01 Mar 2026 11:05:00 GMT', undefined],
    ['0', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['soon', undefined],
    ['Soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('Retry-After: %s asks for %s seconds', (header, seconds) => {
    expect(parseRetryAfter(header, now)).toBe(seconds);
    if (seconds !== undefined) expect(secondsToNext(1, { retryAfter: header, now, chance: 0 })).toBe(seconds);
  });

  test('the last attempt stays the last, whatever it is asked to wait', () => {
    expect(secondsToNext(MAX_ATTEMPTS, { retryAfter: '10', now, chance: 0 })).toBeNull();
  });
});
