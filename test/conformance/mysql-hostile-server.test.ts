import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MysqlConnection } from '../../packages/cauce/src/connectors/mysql/connection.ts'
import { mysqlLocation } from '../../packages/cauce/src/connectors/mysql/location.ts'

// In this protocol a server may ask for a file of the client's in answer to any statement. This one does.

const folder = await mkdtemp(join(tmpdir(), 'cauce-hostile-'))
const secret = join(folder, 'secret')
const staged = join(folder, 'staged')
let server: Server
let received: Buffer[] = []

beforeAll(async () => {
  await writeFile(secret, 'do not hand over')
  await writeFile(staged, '"a row of ours"\n')
  server = createServer(serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

test('a server that asks for a file in answer to a query gets nothing', async () => {
  received = []
  const opened = MysqlConnection.open(location())
  await expect(opened).rejects.toThrow(/LOCAL INFILE/)
  expect(Buffer.concat(received).includes('do not hand over')).toBe(false)
})

test('a server that asks for another file in answer to LOAD DATA gets the staged one', async () => {
  received = []
  const connection = await MysqlConnection.open(location('honest'))
  await connection.loadLocal("LOAD DATA LOCAL INFILE 'cauce' INTO TABLE t", staged)
  connection.cut()
  const bytes = Buffer.concat(received)
  expect(bytes.includes('a row of ours')).toBe(true)
  expect(bytes.includes('do not hand over')).toBe(false)
})

/** By its user name a client tells this server whether to ask for a file at once or only when rows are to come. */
function location(user = 'victim'): ReturnType<typeof mysqlLocation> {
  const { port } = server.address() as AddressInfo
  return mysqlLocation(`mysql://${user}@127.0.0.1:${port}/datos`, '')
}

function serve(socket: Socket): void {
  let packets = 0
  let honest = false
  socket.on('error', () => undefined)
  socket.write(packet(0, greeting()))
  socket.on('data', (chunk) => {
    received.push(chunk)
    packets++
    if (packets === 1) {
      honest = chunk.includes('honest')
      socket.write(packet(2, OK))
    } else if (chunk[4] === COM_QUERY) {
      const asks = !honest || chunk.includes('LOAD DATA')
      if (asks) socket.write(packet(1, Buffer.concat([Buffer.from([0xfb]), Buffer.from(secret)])))
      else socket.write(chunk.includes('SELECT') ? oneRow() : packet(1, OK))
    } else if (chunk.subarray(-4).equals(packet(chunk.at(-1) ?? 0, Buffer.alloc(0)))) {
      socket.write(packet((chunk.at(-1) ?? 0) + 1, OK))
    }
  })
}

const COM_QUERY = 3
const OK = Buffer.from([0, 0, 0, 2, 0, 0, 0])
const EOF = Buffer.from([0xfe, 0, 0, 2, 0])

function packet(sequence: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUIntLE(payload.length, 0, 3)
  head[3] = sequence
  return Buffer.concat([head, payload])
}

/** Protocol 4.1 with plugin authentication and local files. */
function greeting(): Buffer {
  const capabilities = 0x000f_ffff & ~0x0800 & ~0x0020
  const low = Buffer.alloc(2)
  low.writeUInt16LE(capabilities & 0xffff)
  const high = Buffer.alloc(2)
  high.writeUInt16LE(capabilities >>> 16)
  return Buffer.concat([
    Buffer.from([10]),
    Buffer.from('8.0.0\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0'),
    low,
    Buffer.from([45, 2, 0]),
    high,
    Buffer.from([21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0'),
    Buffer.from('mysql_native_password\0'),
  ])
}

/** A result of one column and one row. */
function oneRow(): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
  const column = Buffer.concat([
    text('def'),
    ...['', '', '', 'version', ''].map(text),
    Buffer.from([12, 45, 0, 0, 1, 0, 0, 253, 0, 0, 0, 0, 0]),
  ])
  return Buffer.concat([
    packet(1, Buffer.from([1])),
    packet(2, column),
    packet(3, EOF),
    packet(4, text('8.0.0')),
    packet(5, EOF),
  ])
}
