import { describe, expect, test } from 'vitest'
import type { Plan } from '../model/plan.ts'
import type { Destination } from '../connectors/destination.ts'
import type { Source } from '../connectors/source.ts'
import { destinationSeat, sourceSeat } from './seat.ts'

function plan(limits: Partial<Plan['limits']>): Plan {
  return { limits } as Plan
}

function destination(displayUrl: string, maxConcurrentLoads: number): Destination {
  return { displayUrl, capabilities: { maxConcurrentLoads } } as Destination
}

function source(displayUrl: string, connectionsPerPerformer: number): Source {
  return { displayUrl, capabilities: { connectionsPerPerformer } } as Source
}

describe('the seat of a destination', () => {
  test('is shared by all workers once a limit is declared, and by nobody else before', () => {
    const mysql = destination('mysql://etl@db:3306/visitas', 8)
    expect(destinationSeat(plan({}), mysql)).toEqual({
      resource: 'mysql://db:3306/visitas',
      limit: 8,
      isShared: false,
    })
    expect(destinationSeat(plan({ destinationConnections: 3 }), mysql)).toMatchObject({
      limit: 3,
      isShared: true,
    })
  })

  test('is never more than the destination itself allows', () => {
    const file = destination('duckdb:/data/x.duckdb', 1)
    expect(destinationSeat(plan({ destinationConnections: 8 }), file)).toMatchObject({
      resource: 'duckdb:/data/x.duckdb',
      limit: 1,
    })
  })

  test('is the same whoever asks and however', () => {
    const one = destinationSeat(plan({}), destination('mysql://a@h:3306/d?tls=verify', 8))
    const other = destinationSeat(plan({}), destination('mysql://b@h:3306/d', 8))
    expect(one.resource).toBe(other.resource)
  })
})

describe('the seat of a source', () => {
  test('is needed only where somebody limits its connections and it has any', () => {
    expect(sourceSeat(plan({}), source('sftp://u@h/in', 1))).toBeUndefined()
    expect(sourceSeat(plan({ sourceConnections: 4 }), source('/in', 0))).toBeUndefined()
    expect(sourceSeat(plan({ sourceConnections: 4 }), source('sftp://u@h/in', 1))).toEqual({
      resource: 'sftp://h/in',
      limit: 4,
      isShared: true,
    })
  })

  test('stands for all connections a performer opens, and there is always one', () => {
    expect(sourceSeat(plan({ sourceConnections: 5 }), source('s3://b', 2))?.limit).toBe(2)
    expect(sourceSeat(plan({ sourceConnections: 1 }), source('s3://b', 2))?.limit).toBe(1)
  })
})
