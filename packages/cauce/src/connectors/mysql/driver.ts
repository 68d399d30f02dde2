import type * as Mysql from 'mysql2'
import { CauceError } from '../../model/cauce-error.ts'

type Driver = Pick<typeof Mysql, 'createConnection'>

/** The driver, loaded when first needed: whoever uses no MySQL need not install it. @throws {CauceError} DRIVER_MISSING */
export async function loadDriver(
  load: () => Promise<{ default: Driver }> = async () => import('mysql2'),
): Promise<Driver> {
  try {
    return (await load()).default
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new CauceError('DRIVER_MISSING', { system: 'MySQL', driver: 'mysql2' }, { cause: error })
  }
}
