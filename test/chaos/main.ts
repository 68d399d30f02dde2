// `npm run chaos -- --minutes 60 --seed 1`: storm after storm, each with the next seed, until the time is over.
import { parseArgs } from 'node:util'
import { storm } from './storm.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '60' },
    files: { type: 'string', default: '60' },
  },
})
const endMs = performance.now() + Number(values.minutes) * 60_000
const totals = { storms: 0, misfortunes: 0, items: 0, attempts: 0, putAside: 0 }
for (let seed = Number(values.seed); totals.storms === 0 || performance.now() < endMs; seed++) {
  console.log(`storm ${seed}`)
  const record = await storm({
    seed,
    seconds: Number(values.seconds),
    files: Number(values.files),
    rowsPerFile: 200,
    say: (line) => console.log(`  ${line}`),
  })
  totals.storms++
  totals.misfortunes += record.misfortunes.length
  totals.items += record.items
  totals.attempts += record.attempts
  totals.putAside += record.putAside
  console.log(
    `  calm: ${record.items} items, ${record.attempts} tries, ${record.putAside} put aside and loaded by hand`,
  )
}
console.log(
  `${totals.storms} storms, ${totals.misfortunes} misfortunes, ${totals.items} items, ${totals.attempts} tries, ${totals.putAside} put aside; every row once`,
)
