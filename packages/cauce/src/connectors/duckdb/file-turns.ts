const turns = new Map<string, Promise<void>>()

/**
 * Waits for a file's turn within this process and resolves to the function that ends it. DuckDB's own lock cannot do this: it
 * is the process's, so two instances in one process would both get it and ruin the file.
 * Rejects with the signal's reason when it aborts first.
 */
export async function takeTurn(path: string, signal?: AbortSignal): Promise<() => void> {
  const before = turns.get(path) ?? Promise.resolve()
  const { promise: done, resolve: finish } = Promise.withResolvers<void>()
  const mine = before.then(async () => done)
  turns.set(path, mine)
  const end = (): void => {
    finish()
    if (turns.get(path) === mine) turns.delete(path)
  }
  try {
    await untilAborted(before, signal)
    return end
  } catch (error) {
    end()
    throw error
  }
}

async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
