import { defineConfig } from 'vitest/config';
import LongFirstSequencer from './tests/long-first.sequencer.ts';

/** What is tested there keeps nothing in its process: its files share one, and are three times as fast. */
const pure = ['config', 'core', 'golden', 'plugins'].map((folder) => `tests/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    // A developer's own desk is never a test's: what opens a store by default opens the file of its NIGHTDESK_HOME.
    env: { DATABASE_URL: '' },
    reporters: ['default', './tests/closing-line.reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongFirstSequencer },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What other processes do is waited for, not timed: the default of a second fails on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'own process',
          include: ['tests/**/*.test.ts'],
          exclude: pure,
          globalSetup: ['./tests/compile-cache.setup.ts', './tests/temporal-server.setup.ts'],
        },
      },
      { extends: true, test: { name: 'shared process', include: pure, isolate: false } },
    ],
  },
});
