// When a delivery is tried again, on a clock that only the test moves; and what its receiver checks it with.

import { verifyWebhookSignature } from '@notionhq/client';
import { Webhook as Standard } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';
import { describe, expect, test } from 'vitest';
import { askedPause, MAX_ATTEMPTS, pauseAfter } from '../../src/webhook/schedule.js';
import { mintSigningSecret } from '../../src/webhook/secret.js';
import { signatureHeaders } from '../../src/webhook/signature.js';

describe('A delivery that fails', () => {
  /** Hours from the first attempt to each. */
  const hoursOf = (random: () => number): number[] => {
    const at = [0];
    for (let attempt = 1; ; attempt++) {
      const pause = pauseAfter({ attempt, askedMs: null }, random());
      if (pause === null) return at.map((ms) => ms / 3_600_000);
      at.push(at.at(-1)! + pause);
    }
  };

  test('is tried at least eight times over about a day, soon at first, and never at the same time as its like', () => {
    expect(hoursOf(() => 0.5)).toHaveLength(MAX_ATTEMPTS);
    expect(MAX_ATTEMPTS).toBeGreaterThanOrEqual(8);
    expect(hoursOf(() => 0.5)[1]! * 3_600).toBeCloseTo(10);
    expect(hoursOf(() => 0.5).at(-1)).toBeGreaterThan(24);
    expect(hoursOf(() => 0).at(-1)).toBeGreaterThan(20);
    expect(hoursOf(() => 1).at(-1)).toBeLessThan(32);
    const ends = Array.from({ length: 200 }, () => hoursOf(Math.random).at(-1)!);
    expect(new Set(ends).size).toBeGreaterThan(190);
  });

  test('waits as long as its receiver asks, up to an hour', () => {
    const now = new Date('2026-11-25T10:00:00Z');
    const asked = (header?: string) => pauseAfter({ attempt: 2, askedMs: askedPause(header, now) }, 0.5);
    expect(asked('120')).toBe(120_000);
    expect(asked('Wed, 25 Nov 2026 10:05:00 GMT')).toBe(300_000);
    for (const useless of [undefined, '-5', '0', 'soon', '99999999999', '315360000', 'Wed, 25 Nov 2026 09:00:00 GMT']) {
      expect(asked(useless), useless).toBe(60_000);
    }
  });
});

describe('A signature', () => {
  const body = '{"type":"page.created","id":"ä"}';
  const sentAt = new Date();
  const signed = { id: '0192f0c1-2345-7000-8000-000000000001', sentAt, body };
  const [first, second, third] = [mintSigningSecret(), mintSigningSecret(), mintSigningSecret()];
  const isGood = async (secret: string, headers: Record<string, string>, text = body): Promise<boolean[]> => {
    const tried = (verify: () => unknown): boolean => {
      try {
        verify();
        return true;
      } catch {
        return false;
      }
    };
    return [
      tried(() => new Standard(secret).verify(text, headers)),
      tried(() => new Svix(secret).verify(text, headers)),
      await verifyWebhookSignature({
        body: text,
        signature: headers['x-notion-signature'],
        verificationToken: secret,
      }),
    ];
  };

  test('is good to three independent verifiers, through two rotations, for receivers that switch when they are told', async () => {
    // [secrets that sign, what a receiver of standard webhooks holds, what one of the reference product holds]
    const steps: [string, string | null, string[], string][] = [
      [first, null, [first], first],
      [second, first, [first, second], first],
      [second, null, [second], second],
      [third, second, [second, third], second],
      [third, null, [third], third],
    ];
    for (const [current, previous, standards, reference] of steps) {
      const headers = signatureHeaders({ current, previous }, signed);
      for (const held of standards) expect((await isGood(held, headers)).slice(0, 2)).toEqual([true, true]);
      expect((await isGood(reference, headers))[2]).toBe(true);
    }
    const afterwards = signatureHeaders({ current: third, previous: null }, signed);
    expect(await isGood(second, afterwards)).toEqual([false, false, false]);
  });

  test('is refused by all of them once anything of it or of the body is changed: a thousand times', async () => {
    const headers = signatureHeaders({ current: first, previous: null }, signed);
    const alter = (text: string, at: number): string => {
      const place = at % text.length;
      return text.slice(0, place) + (text[place] === 'A' ? 'B' : 'A') + text.slice(place + 1);
    };
    let refused = 0;
    for (let n = 0; n < 334; n++) {
      const [standard, svix, notion] = await isGood(first, headers, alter(body, n));
      refused += Number(!standard) + Number(!svix) + Number(!notion);
    }
    for (const name of ['webhook-id', 'webhook-timestamp'] as const) {
      expect((await isGood(first, { ...headers, [name]: alter(headers[name]!, 0) })).slice(0, 2)).toEqual([
        false,
        false,
      ]);
    }
    expect(refused).toBe(1_002);
  });
});
