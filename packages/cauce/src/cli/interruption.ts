import { EXIT_CODES } from '../model/error-class.ts'

/** Ctrl-C and its kin, while a command works. */
export interface Interruption extends Disposable {
  /** Aborts at the first signal: work in hand is rolled back or finished. */
  readonly signal: AbortSignal
  readonly by: 'SIGINT' | 'SIGTERM' | undefined
}

/** Watches for SIGINT and SIGTERM until disposed of. The first is told to `onFirst`; a second ends the process at once. */
export function watchInterruption(onFirst: () => void): Interruption {
  const controller = new AbortController()
  let by: Interruption['by']
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void => {
    // Performers end by themselves when this process is gone, and their databases roll back.
    if (by !== undefined) process.exit(name === 'SIGTERM' ? EXIT_CODES.terminated : EXIT_CODES.interrupted)
    by = name
    controller.abort(new Error('interrupted'))
    onFirst()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    get by() {
      return by
    },
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    },
  }
}
