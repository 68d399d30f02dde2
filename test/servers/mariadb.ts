import { join } from 'node:path'
import { identityOf, serverAccount } from './account.ts'
import { fileTree } from './debian-packages.ts'
import { runProgram } from './run-program.ts'
import { startSqlServer, type SqlServer } from './sql-server.ts'

/** Starts the MariaDB of this machine's Debian release (10.11 on Debian 12). */
export async function startMariadb(signal?: AbortSignal): Promise<SqlServer> {
  const tree = await fileTree({
    name: 'mariadb',
    packages: ['mariadb-server-core', 'mariadb-client-core'],
    // my_print_defaults comes with the client and is what mariadb-install-db reads its configuration with.
    files: ['usr/sbin/mariadbd', 'usr/bin/mariadb-install-db', 'usr/bin/my_print_defaults'],
    from: 'installed',
    account: await serverAccount(),
    ...(signal ? { signal } : {}),
  })
  const usr = join(tree.root, 'usr')
  const env = { PATH: process.env['PATH'], LD_LIBRARY_PATH: tree.libraryFolders.join(':') }
  return startSqlServer({
    kind: 'mariadb',
    configuration: [
      `basedir=${usr}`,
      `lc-messages-dir=${usr}/share/mysql`,
      `character-sets-dir=${usr}/share/mysql/charsets`,
      `plugin-dir=${usr}/lib/mysql/plugin`,
    ],
    // The installation makes password-less root accounts for TCP; the one for the private socket may stay.
    initSql: ["DROP USER IF EXISTS 'root'@'127.0.0.1', 'root'@'::1', ''@'localhost';"],
    initialise: async (configurationPath, account) => {
      const options = [`--defaults-file=${configurationPath}`, `--basedir=${usr}`, '--cross-bootstrap']
      const sets = ['--auth-root-authentication-method=normal', '--skip-test-db']
      await runProgram(join(usr, 'bin/mariadb-install-db'), [...options, ...sets], {
        env,
        ...identityOf(account),
      })
    },
    command: (configurationPath) => ({
      program: join(usr, 'sbin/mariadbd'),
      args: [`--defaults-file=${configurationPath}`],
      env,
    }),
  })
}
