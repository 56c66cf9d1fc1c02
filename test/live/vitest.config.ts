import { defineConfig } from 'vitest/config';

/** Tests against real servers: `npx vitest run --config test/live/vitest.config.ts`. Not part of `npm test`, which needs nothing but Node. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['test/live/**/*.test.ts'],
    globalSetup: ['test/live/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
