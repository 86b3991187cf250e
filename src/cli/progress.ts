// A progress bar on stderr, for whatever takes longer than somebody likes to wait.

import { SingleBar } from 'cli-progress';
import type { Terminal } from './shell.js';

/** It appears when something takes longer than this. */
const PATIENCE_MS = 1_000;

export interface Progress {
  show(phase: string): (done: number, total: number) => void;
  stop(): void;
}

/** `show` gives a function to report progress with. Nothing is shown where nobody would see it; `stop` takes it away. */
export function progressBar(terminal: Terminal): Progress {
  const begun = performance.now();
  const bar = new SingleBar({
    format: '{phase} [{bar}] {value}/{total}',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  let shown = false;
  return {
    show: (phase) => (value, total) => {
      if (!terminal.interactive || performance.now() - begun < PATIENCE_MS) return;
      if (!shown) bar.start(total, value, { phase });
      shown = true;
      bar.setTotal(total);
      bar.update(value, { phase });
    },
    stop: () => {
      if (shown) bar.stop();
      shown = false;
    },
  };
}
