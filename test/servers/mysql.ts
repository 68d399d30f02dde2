import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { identityOf, serverAccount } from './account.ts'
import { fileTree, type FileTree } from './debian-packages.ts'
import { runProgram } from './run-program.ts'
import { startSqlServer, type SqlServer } from './sql-server.ts'

/**
 * Starts a real MySQL (9.x), which of Debian's releases only unstable has.
 *
 * It was built for a newer C library than this machine's, so it is started by the loader of its own tree
 * (`ld-linux --library-path … mysqld`); nothing in the tree is changed and the tree may be moved.
 */
export async function startMysql(signal?: AbortSignal): Promise<SqlServer> {
  const tree = await fileTree({
    name: 'mysql',
    packages: ['mysql-server-core'],
    files: ['usr/sbin/mysqld'],
    from: 'sid',
    account: await serverAccount(),
    ...(signal ? { signal } : {}),
  })
  const usr = join(tree.root, 'usr')
  const program = await loaderOf(tree)
  const loaderArgs = [
    '--inhibit-cache',
    '--library-path',
    tree.libraryFolders.join(':'),
    join(usr, 'sbin/mysqld'),
  ]
  return startSqlServer({
    kind: 'mysql',
    configuration: [
      `basedir=${usr}`,
      `lc-messages-dir=${usr}/share/mysql`,
      `character-sets-dir=${usr}/share/mysql/charsets`,
      `plugin-dir=${usr}/lib/mysql/plugin`,
      'mysqlx=OFF',
      // Its default folder does not exist here, and then the server dies.
      'secure-file-priv=NULL',
      'performance_schema=OFF',
    ],
    initSql: [],
    initialise: async (configurationPath, account) => {
      const args = [...loaderArgs, `--defaults-file=${configurationPath}`, '--initialize-insecure']
      await runProgram(program, args, identityOf(account))
    },
    command: (configurationPath) => ({
      program,
      args: [...loaderArgs, `--defaults-file=${configurationPath}`],
    }),
  })
}

async function loaderOf(tree: FileTree): Promise<string> {
  for (const folder of tree.libraryFolders) {
    const loader = (await readdir(folder)).find((name) => /^ld-linux.*\.so/.test(name))
    if (loader !== undefined) return join(folder, loader)
  }
  throw new Error(`No loader in ${tree.root}.`)
}
