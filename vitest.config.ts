import { defineConfig } from 'vitest/config';

/** Tests that start the real command; it is built for them, and only for them. */
const COMMAND = ['test/server/**/*.test.ts', 'test/commands/**/*.test.ts', 'test/docs/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...COMMAND, 'test/live/**'] } },
      { extends: true, test: { name: 'command', include: COMMAND, globalSetup: ['test/kit/build.ts'] } },
    ],
  },
});
