import { spawn } from 'node:child_process'

export interface ProgramOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  uid?: number
  gid?: number
  /** Ends the program when it aborts. */
  signal?: AbortSignal
}

/**
 * Runs a program to its end and returns what it wrote, standard output and error together.
 *
 * @throws Error naming the program, its exit code and the end of its output.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const output = () => Buffer.concat(chunks).toString()
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => reject(new Error(`${program}: ${cause.message}`, { cause })))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output())
      else reject(new Error(`${program} ended with ${code ?? signal}: ${output().trim().slice(-1500)}`))
    })
  })
}
