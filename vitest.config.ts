import { defineConfig } from 'vitest/config';

export default defineConfig({
  // One graphql realm: Vite would otherwise take graphql's ESM entry for our code while its peers load the CJS one.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 2, // many files wait for processes and browsers, while others compute
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
