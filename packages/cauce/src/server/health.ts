/** How the process that serves stands, as its own parts say it. Nothing here may be a secret: `/ready` tells it to anybody. */
export interface Health {
  /** Servers not reached yet, waited for with back-off. */
  readonly waiting: readonly WaitedServer[]
  /** Absent: this process schedules nothing. */
  readonly scheduler?: SchedulerHealth
  /** It was asked to stop, and finishes what it has in hand. */
  readonly isStopping: boolean
}

export interface WaitedServer {
  /** What people call it; an address without user and password. */
  readonly subject: string
  /** How often it was tried. */
  readonly tries: number
  readonly sinceMs: number
  readonly nextTryMs: number
}

export interface SchedulerHealth {
  /** When it last looked at what is due; undefined: it has not yet. */
  readonly lastTickMs: number | undefined
  /** Silent for longer than this, something is wrong with it. */
  readonly silentAfterMs: number
  readonly startedMs: number
}
