import { join } from 'node:path'
import { serverAccount } from './account.ts'
import { fileTree } from './debian-packages.ts'
import { runProgram } from './run-program.ts'

/** Runs the openssl program, the machine's or an unpacked one: minimal machines lack it. */
export async function runOpenssl(args: readonly string[]): Promise<string> {
  const account = await serverAccount()
  const tree = await fileTree({
    name: 'openssl',
    packages: ['openssl'],
    files: ['usr/bin/openssl'],
    from: 'installed',
    account,
  })
  const env = { ...process.env, LD_LIBRARY_PATH: tree.libraryFolders.join(':') }
  return runProgram(join(tree.root, 'usr/bin/openssl'), args, { env })
}
