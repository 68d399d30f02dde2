import type { Reporter, TestModule } from 'vitest/node'

type Errors = Parameters<NonNullable<Reporter['onTestRunEnd']>>[1]

export interface Counts {
  readonly passed: number
  readonly failed: number
  /** Full names of the tests that did not run. */
  readonly skipped: readonly string[]
}

/**
 * Says which tests did not run, and ends the output with `N passed, N failed`, alone on the last line.
 * Files that could not be loaded and errors outside of any test count as failed; a run without tests fails.
 */
export class ClosingLine implements Reporter {
  #counts: Counts = { passed: 0, failed: 0, skipped: [] }
  #wantsRealFiles = false

  onInit(): void {
    // Printed on exit, because the servers are stopped, and may speak, after the last test.
    process.once('exit', () => {
      const { passed, failed, skipped } = this.#counts
      if (this.#wantsRealFiles && !process.env['CAUCE_TEST_DATA'])
        console.log(
          '!!! CAUCE_TEST_DATA is not set: nothing was tested on real files, only on our own samples.',
        )
      if (skipped.length > 0) console.log(['Not run:', ...skipped].join('\n  '))
      if (passed + failed === 0 || failed > 0) process.exitCode ||= 1
      console.log(`${passed} passed, ${failed} failed`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: Errors): void {
    this.#wantsRealFiles = modules.some((module) => module.project.name === 'integration')
    this.#counts = count(modules, unhandled.length)
  }
}

function count(modules: readonly TestModule[], unhandled: number): Counts {
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  const inState = (state: string) => tests.filter((test) => test.result().state === state)
  const broken = modules.flatMap((module) => [
    ...module.errors(),
    ...[...module.children.allSuites()].flatMap((suite) => suite.errors()),
  ])
  return {
    passed: inState('passed').length,
    failed: inState('failed').length + broken.length + unhandled,
    skipped: [...inState('skipped'), ...inState('pending')].map((test) => test.fullName),
  }
}
