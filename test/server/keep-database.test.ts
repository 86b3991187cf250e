import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/lib/log.js';
import { keepDatabase } from '../../src/server/keep-database.js';

const log = createLog({ level: 'silent' });
const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('The server looks after its PostgreSQL', () => {
  test('and leaves it alone as long as it answers', async () => {
    let looks = 0;
    let revivals = 0;
    const keeper = keepDatabase(
      {
        ping: async () => void looks++,
        revive: async () => void revivals++,
      },
      log,
      5,
    );
    await soon(100);
    await keeper.stop();
    expect(looks).toBeGreaterThan(2);
    expect(revivals).toBe(0);
  });

  test('and starts it again when it does not, as often as it takes', async () => {
    let running = false;
    let tries = 0;
    const keeper = keepDatabase(
      {
        ping: async () => {
          if (!running) throw new Error('connection refused');
        },
        revive: async () => {
          tries++;
          if (tries < 3) throw new Error('still no disk');
          running = true;
        },
      },
      log,
      5,
    );
    await soon(200);
    await keeper.stop();
    expect(tries).toBe(3);
  });

  test('and looks no more once it is stopped', async () => {
    let looks = 0;
    const keeper = keepDatabase({ ping: async () => void looks++, revive: async () => {} }, log, 5);
    await keeper.stop();
    const before = looks;
    await soon(50);
    expect(looks).toBe(before);
  });
});
