import type SftpClient from 'ssh2-sftp-client'
import { CauceError } from '../../model/cauce-error.ts'

/** The driver's class, loaded when first needed. @throws {CauceError} DRIVER_MISSING */
export async function loadDriver(
  load: () => Promise<{ default: typeof SftpClient }> = async () => import('ssh2-sftp-client'),
): Promise<typeof SftpClient> {
  try {
    return (await load()).default
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new CauceError('DRIVER_MISSING', { system: 'SFTP', driver: 'ssh2-sftp-client' }, { cause: error })
  }
}
