// `npm run services`: the servers of the tests, for work by hand, until Ctrl-C.
import { once } from 'node:events'
import { startServers } from './start-servers.ts'
import { wantedServers } from './wanted.ts'

const servers = await startServers(wantedServers(process.env))
console.log(`${servers.report.join('\n')}\n`)
console.log(JSON.stringify(servers.provided, undefined, 2))
console.log('\nCtrl-C ends them and removes their data.')
const keepAlive = setInterval(() => undefined, 60_000)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
clearInterval(keepAlive)
await servers.stop()
