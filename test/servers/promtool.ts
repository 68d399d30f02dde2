import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { serverAccount } from './account.ts'
import { fileTree } from './debian-packages.ts'

/** Prometheus' own judge of metrics and rules; or why it is not there. */
export type Promtool = { readonly path: string } | { readonly missing: string }

/** Fetching packages on a slow network must not hold up the tests that do without them. */
const TIME_LIMIT_MS = 4 * 60_000

let found: Promise<Promtool> | undefined

/** The machine's promtool, else the one of its Debian release, unpacked into the cache and never installed. */
export async function promtool(): Promise<Promtool> {
  found ??= find()
  return found
}

async function find(): Promise<Promtool> {
  try {
    const tree = await fileTree({
      name: 'prometheus',
      packages: ['prometheus'],
      files: ['usr/bin/promtool'],
      from: 'installed',
      account: await serverAccount(),
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    })
    return { path: join(tree.root, 'usr/bin/promtool') }
  } catch (error) {
    return { missing: error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error) }
  }
}

/** What it answers to these words and this input. `check metrics` complains with code 3, other faults with 1. */
export async function askPromtool(
  path: string,
  args: readonly string[],
  input = '',
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, said: Buffer.concat(chunks).toString() }))
  })
}
