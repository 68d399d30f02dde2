import { expect, test } from 'vitest'
import { openMysqlDestination } from '../../packages/cauce/src/connectors/mysql/destination.ts'
import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import type { DestinationKit } from './destination/kit.ts'
import { MysqlDatabase, mysqlKit } from './destination/mysql-kit.ts'
import { type FileSketch, ReplacingScene } from './destination/replacing-scene.ts'

/** The table of loads as version 0.1 made it. */
const EARLIER = `CREATE TABLE cauce_loads (load_key CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  pipeline VARCHAR(255) NOT NULL, item VARCHAR(1024) NOT NULL, sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  generation INT NOT NULL, rows_read BIGINT NOT NULL, rows_loaded BIGINT NOT NULL, rows_rejected BIGINT NOT NULL,
  rows_skipped BIGINT NOT NULL, warnings BIGINT NOT NULL, committed_at DATETIME(6) NOT NULL,
  refuse_item CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL UNIQUE,
  refuse_content CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL UNIQUE) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4`

const UNO: FileSketch = { item: 'a', content: 'uno', rows: [['x', 1]] }
const DOS: FileSketch = { item: 'a', content: 'dos', rows: [['y', 2]] }

for (const server of ['mariadb', 'mysql'] as const)
  describeNeeding(server)(`loads of an earlier version in ${server}`, () => {
    const kit: DestinationKit = {
      createDatabase: async () => {
        const database = await mysqlKit(() => sharedSql(server)).createDatabase()
        await database.run(EARLIER)
        return database
      },
    }

    test('stay, and the table is widened by whoever comes first of several', async () => {
      await using scene = await ReplacingScene.make(kit)
      await scene.bed.database.run(
        `INSERT INTO cauce_loads VALUES ('${'e'.repeat(64)}', 'prueba', 'z', '${'f'.repeat(64)}', 0, 0, 0, 0, 0, 0, NOW(), NULL, NULL)`,
      )
      const rivals = await Promise.all([1, 2, 3, 4].map(async () => scene.bed.rival()))
      await Promise.all(rivals.map(async (rival) => rival.prepare([])))
      expect(await scene.load(UNO)).toEqual({ kind: 'loaded' })
      expect(await scene.load(DOS, [scene.keyOf(UNO)])).toMatchObject({ kind: 'loaded' })
      expect(await scene.bed.destination.findLoad('e'.repeat(64))).toMatchObject({ item: 'z' })
    })

    test('do for an account that may not widen them, and a replacement says what to run', async () => {
      await using scene = await ReplacingScene.make(kit)
      const { database } = scene.bed
      if (!(database instanceof MysqlDatabase)) throw new TypeError('another database')
      const access = sharedSql(server)
      const name = new URL(database.url).pathname.slice(1)
      const user = `poco_${name.slice(-8)}`
      await scene.prepare()
      await database.run('DROP TABLE cauce_loads')
      await database.run(EARLIER)
      await access.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'clave-larga'`)
      try {
        await access.query(
          `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE TEMPORARY TABLES ON ${name}.* TO '${user}'@'%'`,
        )
        const poor = `mysql://${user}:clave-larga@${access.host}:${access.port}/${name}`
        const by = await openMysqlDestination(poor)
        expect(await scene.load(UNO, 'never', { by })).toEqual({ kind: 'loaded' })
        expect(await scene.load(UNO, 'never', { by })).toMatchObject({ kind: 'already_loaded' })
        const mended: FileSketch = {
          item: 'replay',
          content: 'r',
          rows: [['x', 5]],
          originLoad: scene.keyOf(UNO),
          replayed: [{ originLoad: scene.keyOf(UNO), record: 2 }],
        }
        expect(await scene.load(mended, 'never', { by })).toEqual({ kind: 'loaded' })
        const refused = await scene.load(DOS, [scene.keyOf(UNO)], { by }).catch((error: unknown) => error)
        expect(refused).toMatchObject({ code: 'DESTINATION_SHAPE', details: { table: 'cauce_loads' } })
        const [, sql = ''] = /run (ALTER TABLE .*?)\.?$/.exec((refused as Error).message) ?? []
        await database.run(sql)
        await by.close()
        const again = await openMysqlDestination(poor)
        expect(await scene.load(DOS, [scene.keyOf(UNO)], { by: again })).toMatchObject({ kind: 'loaded' })
        expect((await scene.tables()).cuentas).toEqual([['y', '2', '2']])
        await again.close()
      } finally {
        await access.query(`DROP USER '${user}'@'%'`)
      }
    })
  })
