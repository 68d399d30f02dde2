import type { Plan } from '../model/plan.ts'
import type { Destination } from '../connectors/destination.ts'
import type { Source } from '../connectors/source.ts'

/** A place at a resource, needed for as long as something is connected to it. */
export interface Seat {
  /** The system for people, without who is asking: all who ask the same one share its places. */
  readonly resource: string
  /** How many places there are. */
  readonly limit: number
  /** Counted over all workers, because somebody declared how many connections there may be; else in this process only. */
  readonly isShared: boolean
}

/** The seat a load needs. */
export function destinationSeat({ limits }: Plan, { displayUrl, capabilities }: Destination): Seat {
  const declared = limits.destinationConnections
  return {
    resource: resourceOf(displayUrl),
    limit: Math.min(declared ?? Number.POSITIVE_INFINITY, capabilities.maxConcurrentLoads),
    isShared: declared !== undefined,
  }
}

/** The seat reading from a source needs; undefined where nobody limits its connections or it has none. */
export function sourceSeat({ limits }: Plan, { displayUrl, capabilities }: Source): Seat | undefined {
  const declared = limits.sourceConnections
  if (declared === undefined || capabilities.connectionsPerPerformer === 0) return undefined
  // A seat stands for all connections of one performer, so that two of them never wait for each other's second one.
  const limit = Math.max(1, Math.floor(declared / capabilities.connectionsPerPerformer))
  return { resource: resourceOf(displayUrl), limit, isShared: true }
}

/** `mysql://user@host:3306/db?x` and `mysql://other@host:3306/db` are one database. */
function resourceOf(displayUrl: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^@/]*@)?([^?#]*)/i.exec(displayUrl) ?? []
  return scheme === undefined ? displayUrl : `${scheme}${rest}`
}
