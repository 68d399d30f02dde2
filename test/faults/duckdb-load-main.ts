import { readFile } from 'node:fs/promises'
import { openDuckdbDestination } from '../../packages/cauce/src/connectors/duckdb/destination.ts'
import type { LoadRequest } from '../../packages/cauce/src/connectors/destination.ts'
import { failpoint } from '../../packages/cauce/src/model/failpoint.ts'

/** A process that carries out the loads of a file, to be killed in their midst: `node duckdb-load-main.ts url requests.json`. */
const [url = '', path = ''] = process.argv.slice(2)
const destination = await openDuckdbDestination(url)
for (const request of JSON.parse(await readFile(path, 'utf8')) as LoadRequest[]) {
  await destination.prepare(request.tables)
  await destination.load(request, {
    at: (boundary) => failpoint(`load:${boundary}`),
    onRows: () => undefined,
    signal: new AbortController().signal,
  })
  process.stdout.write('.')
}
