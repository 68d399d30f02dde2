import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/reporters/closing-line.ts'

/** Starts the servers the tests need (MariaDB, sshd) once, as an unprivileged account. */
const servers = existsSync(new URL('./test/servers/global-setup.ts', import.meta.url))
  ? ['./test/servers/global-setup.ts']
  : []

const conditions = ['cauce-source', 'node']

/**
 * Tests that kill and wait on real servers may come too late on a machine that does other work: in continuous integration each
 * has a second try, and a real fault fails twice. At the desk there is none.
 */
const retry = process.env['CI'] === undefined ? 0 : 1

/** Files side by side that mostly wait for processes of their own: one more than vitest would allow on two cores. */
const maxWorkers = Math.max(2, availableParallelism() - 1)

/** Deaths at named places, which nothing but the place decides: they may have neighbours, other faults want the machine alone. */
const KILLS = ['test/faults/kill-at-boundaries.test.ts', 'test/faults/*-kill.test.ts']

export default defineConfig({
  resolve: { conditions: ['cauce-source'] },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    reporters: ['default', new ClosingLine()],
    execArgv: ['--conditions=cauce-source'],
    coverage: { provider: 'v8', include: ['packages/cauce/src/**'], reporter: ['text-summary', 'lcov'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          pool: 'threads',
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'gates',
          sequence: { groupOrder: 1 },
          include: ['test/gates/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          sequence: { groupOrder: 2 },
          include: [
            'test/integration/**/*.test.ts',
            'test/conformance/**/*.test.ts',
            'test/simulate/**/*.test.ts',
            ...KILLS,
          ],
          pool: 'forks',
          maxWorkers,
          retry,
          globalSetup: servers,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          sequence: { groupOrder: 3 },
          include: ['test/faults/**/*.test.ts', 'test/chaos/**/*.test.ts'],
          exclude: KILLS,
          pool: 'forks',
          fileParallelism: false,
          retry,
          globalSetup: servers,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
