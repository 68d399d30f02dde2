/** What the bench tells a worker process once it is ready. */
export interface QueueTask {
  readonly url: string
  /** Items claimed at once. */
  readonly batch: number
  /** At most so many active at once, over all; absent: no limit. */
  readonly maxItems: number | undefined
  readonly seconds: number
  /** Before it is ready, unmeasured. */
  readonly warmUpSeconds: number
}

/** What it answers in the end. */
export interface QueueWork {
  readonly settled: number
  /** When the last item was settled, in ms after the start. */
  readonly lastMs: number
  readonly claimMs: readonly number[]
  readonly settleMs: readonly number[]
  readonly cpuSeconds: number
}

export type ToQueueWorker = { readonly open: QueueTask } | { readonly go: true }
export type FromQueueWorker =
  | { readonly ready: true }
  | { readonly work: QueueWork }
  | { readonly failed: string }
