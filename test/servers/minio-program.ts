import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { identityOf, type Account } from './account.ts'
import { watchOver } from './cleanup.ts'
import { cacheFolder } from './debian-packages.ts'
import { runProgram } from './run-program.ts'

/** The last version its authors published as a Go module; they publish no programs any more. */
const VERSION = 'v0.0.0-20260212201848-7aac2a2c5b7c'

/** Five minutes of two cores, and the modules have to come first. */
const BUILD_LIMIT_MS = 25 * 60_000

export interface MinioProgramRequest {
  readonly account: Account
  /** Whether it may be built where there is none, which takes minutes; else that is an error which says so. */
  readonly mayBuild: boolean
}

/**
 * The MinIO server: `MINIO_BINARY`, else `minio` on the PATH, else the one in the cache, which Go builds from the pinned version
 * once.
 *
 * @throws Error when there is none, naming what to do.
 */
export async function minioProgram({ account, mayBuild }: MinioProgramRequest): Promise<string> {
  const named = process.env['MINIO_BINARY']
  if (named !== undefined && named !== '') return usable(named, account)
  const onPath = programOnPath('minio')
  if (onPath !== undefined) return usable(onPath, account)
  const folder = join(cacheFolder(), `minio-${VERSION}-${process.arch}`)
  const program = join(folder, 'minio')
  if (!existsSync(program)) {
    if (!mayBuild)
      throw new Error(
        'MinIO is built from its source once, which takes minutes: ask for it with CAUCE_TEST_SERVERS or CAUCE_TEST_REQUIRE=minio, or name a program with MINIO_BINARY.',
      )
    await build(folder)
  }
  return usable(program, account)
}

function programOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

async function usable(program: string, account: Account): Promise<string> {
  await runProgram('test', ['-x', program], identityOf(account)).catch(() => {
    throw new Error(`The account ${account.name} cannot run ${program}: put it where it can be read.`)
  })
  return program
}

async function build(folder: string): Promise<void> {
  const go = programOnPath('go') ?? '/usr/local/go/bin/go'
  if (!existsSync(go))
    throw new Error('MinIO is built by Go, which is not installed; or name a program with MINIO_BINARY.')
  await mkdir(cacheFolder(), { recursive: true, mode: 0o755 })
  const work = await mkdtemp(join(cacheFolder(), 'building-'))
  const forget = watchOver({ folder: work })
  try {
    const bin = join(work, 'bin')
    await mkdir(bin, { mode: 0o755 })
    console.log(`Building MinIO ${VERSION} into ${folder}: minutes, once.`)
    await runProgram(go, ['install', '-trimpath', '-ldflags=-s -w', `github.com/minio/minio@${VERSION}`], {
      env: { ...process.env, CGO_ENABLED: '0', GOBIN: bin },
      signal: AbortSignal.timeout(BUILD_LIMIT_MS),
    })
    // Whole or not at all; one that another test run has put there meanwhile stays.
    if (existsSync(join(folder, 'minio'))) return
    await rm(folder, { recursive: true, force: true })
    await rename(bin, folder)
  } finally {
    await rm(work, { recursive: true, force: true })
    forget()
  }
}
