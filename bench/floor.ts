import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'

/*
 * node floor.ts: LOAD DATA of the raw files of BENCH_IN into one table of texts, nothing checked, a transaction per file: what
 * it costs to get the bytes into the server at all.
 */

const folder = process.env['BENCH_IN'] ?? '.'
const connection = await createConnection(process.env['BENCH_INTO'] ?? '')
let read = 0
for (const name of (await readdir(folder)).filter((file) => file.endsWith('.txt')).toSorted()) {
  await connection.query('START TRANSACTION')
  const [result] = await connection.query({
    sql: `LOAD DATA LOCAL INFILE 'report' INTO TABLE raw_visitas CHARACTER SET utf8mb4
      FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\\r\\n' IGNORE 1 LINES`,
    infileStreamFactory: () => createReadStream(join(folder, name), { highWaterMark: 256 * 1024 }),
  })
  await connection.query('COMMIT')
  read += 'affectedRows' in result ? result.affectedRows : 0
}
await connection.end()
process.stdout.write(`${JSON.stringify({ read })}\n`)
