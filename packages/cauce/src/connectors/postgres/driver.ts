import type * as Pg from 'pg'
import type * as CopyStreams from 'pg-copy-streams'
import { CauceError } from '../../model/cauce-error.ts'

export interface Driver {
  readonly Client: typeof Pg.Client
  readonly copyFrom: typeof CopyStreams.from
  readonly copyTo: typeof CopyStreams.to
}

interface Packages {
  readonly pg: { readonly default: Pick<typeof Pg, 'Client'> }
  readonly streams: Pick<typeof CopyStreams, 'from' | 'to'>
}

/** The driver, loaded when first needed: whoever uses no PostgreSQL need not install it. @throws {CauceError} DRIVER_MISSING */
export async function loadDriver(load: () => Promise<Packages> = loadPackages): Promise<Driver> {
  try {
    const { pg, streams } = await load()
    return { Client: pg.default.Client, copyFrom: streams.from, copyTo: streams.to }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new CauceError(
      'DRIVER_MISSING',
      { system: 'PostgreSQL', driver: 'pg pg-copy-streams' },
      { cause: error },
    )
  }
}

async function loadPackages(): Promise<Packages> {
  return { pg: await import('pg'), streams: await import('pg-copy-streams') }
}
