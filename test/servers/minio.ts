import { randomBytes } from 'node:crypto'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { giveTo, privateFolder, serverAccount } from './account.ts'
import { freePort, LOOPBACK } from './free-port.ts'
import { minioAccess, type MinioAccess } from './minio-access.ts'
import { minioProgram } from './minio-program.ts'
import { removeFolder } from './remove-folder.ts'
import { startServerProcess } from './server-process.ts'
import { tlsCertificate } from './tls-certificate.ts'

/** A MinIO server of one's own. `await using` stops it. */
export interface MinioServer extends MinioAccess, AsyncDisposable {
  /** Of the process that runs now. */
  pid(): number
  logPath: string
  /** SIGKILL; the objects stay. */
  kill(): Promise<void>
  /** Stops it when it runs, then starts it again on the same port and objects. */
  restart(): Promise<void>
  /** Ends it and removes the objects. */
  stop(): Promise<void>
}

export interface MinioOptions {
  /** Speaks TLS, and nothing else, with a certificate of its own. */
  readonly tls?: boolean
  /** See `minioProgram`; true when absent. */
  readonly mayBuild?: boolean
}

const REGION = 'us-east-1'

/** Starts MinIO on a fresh private data folder and a free loopback port. */
export async function startMinio({ tls = false, mayBuild = true }: MinioOptions = {}): Promise<MinioServer> {
  const account = await serverAccount()
  const program = await minioProgram({ account, mayBuild })
  const folder = await privateFolder(account, 'minio')
  try {
    const [port, consolePort] = [await freePort(), await freePort()]
    const dataFolder = join(folder.path, 'data')
    const certificatesFolder = join(folder.path, 'certificates')
    for (const path of [dataFolder, certificatesFolder]) {
      await mkdir(path)
      await giveTo(account, path)
    }
    const { certificatePath, keyPath } = await tlsCertificate(folder.path, account)
    if (tls)
      for (const [from, name] of [
        [certificatePath, 'public.crt'],
        [keyPath, 'private.key'],
      ] as const) {
        await copyFile(from, join(certificatesFolder, name))
        await giveTo(account, join(certificatesFolder, name))
      }
    const coordinates = {
      host: LOOPBACK,
      port,
      endpoint: `${tls ? 'https' : 'http'}://${LOOPBACK}:${port}`,
      region: REGION,
      accessKey: `cauce${randomBytes(4).toString('hex')}`,
      secretKey: randomBytes(16).toString('hex'),
      certificatePath,
    }
    const access = minioAccess(coordinates)
    const logPath = join(folder.path, 'server.log')
    const addresses = ['--address', `${LOOPBACK}:${port}`, '--console-address', `${LOOPBACK}:${consolePort}`]
    const start = async () =>
      startServerProcess({
        name: 'minio',
        program,
        args: ['server', '--quiet', '--certs-dir', certificatesFolder, ...addresses, dataFolder],
        env: {
          PATH: process.env['PATH'],
          HOME: folder.path,
          MINIO_ROOT_USER: coordinates.accessKey,
          MINIO_ROOT_PASSWORD: coordinates.secretKey,
          MINIO_SITE_REGION: REGION,
          MINIO_BROWSER: 'off',
          MINIO_UPDATE: 'off',
        },
        account,
        logPath,
        answers: async () => access.listBuckets(),
      })
    let running = await start()
    const stop = async () => {
      await running.kill()
      await removeFolder(folder)
    }
    return {
      ...access,
      pid: () => running.pid,
      logPath,
      kill: async () => running.kill(),
      restart: async () => {
        await running.stop()
        running = await start()
      },
      stop,
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await removeFolder(folder)
    throw error
  }
}
