import { createHash, generateKeyPairSync } from 'node:crypto'
import { createRequire } from 'node:module'
import type * as Ssh2 from 'ssh2'
import { freePort, LOOPBACK } from '../servers/free-port.ts'

// The driver's own copy: it brings a server with it.
const driver = createRequire(createRequire(import.meta.url).resolve('ssh2-sftp-client'))
const { Server, utils } = driver('ssh2') as typeof Ssh2

/** An SFTP server with the peculiarities OpenSSH does not have. It holds one folder of files in memory. */
export interface OddServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** Fingerprints of its host keys, by type. */
  readonly fingerprints: Readonly<Record<'ed25519' | 'rsa', string>>
  /** Login methods clients tried. */
  readonly tried: readonly string[]
}

export interface Peculiarities {
  readonly files?: readonly { readonly name: string; readonly content: string }[]
  /** Bytes given per read request at most. */
  readonly maxReadBytes?: number
  /** Requests of this kind get no answer, while the SSH side lives on. */
  readonly silentOn?: 'OPEN' | 'OPENDIR' | 'STAT'
  /** Tells neither mode nor time. */
  readonly withoutAttributes?: boolean
  readonly login?: 'password' | 'keyboard-interactive' | 'keyboard-interactive with a code'
  readonly hasSftp?: boolean
}

const ODD_PASSWORD = 'p@ss/w:rd%?#ñ'

export async function startOddServer(peculiarities: Peculiarities = {}): Promise<OddServer> {
  const keys = {
    ed25519: utils.generateKeyPairSync('ed25519').private,
    rsa: generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    }).privateKey,
  }
  const tried: string[] = []
  const clients = new Set<Ssh2.Connection>()
  const server = new Server({ hostKeys: [keys.ed25519, keys.rsa] }, (client) => {
    clients.add(client)
    client.on('close', () => clients.delete(client))
    // Clients that refuse our key break off.
    client.on('error', () => undefined)
    client.on('authentication', (context) => authenticate(context, peculiarities, tried))
    client.on('session', (accept) => {
      accept().on('sftp', (acceptSftp, reject) => {
        if (peculiarities.hasSftp === false) reject()
        else serve(acceptSftp(), peculiarities)
      })
    })
  })
  const port = await freePort()
  await new Promise<void>((resolve) => {
    server.listen(port, LOOPBACK, resolve)
  })
  return {
    port,
    url: `sftp://odd:${encodeURIComponent(ODD_PASSWORD)}@${LOOPBACK}:${port}/`,
    fingerprints: { ed25519: fingerprint(keys.ed25519), rsa: fingerprint(keys.rsa) },
    tried,
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.end()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

function fingerprint(privateKey: string): string {
  const key = utils.parseKey(privateKey)
  if (key instanceof Error) throw key
  const hash = createHash('sha256').update(key.getPublicSSH()).digest('base64')
  return `SHA256:${hash.replace(/=+$/, '')}`
}

function authenticate(
  context: Ssh2.AuthContext,
  { login = 'password' }: Peculiarities,
  tried: string[],
): void {
  tried.push(context.method)
  if (login === 'password' && context.method === 'password' && context.password === ODD_PASSWORD)
    context.accept()
  else if (login !== 'password' && context.method === 'keyboard-interactive') {
    const prompts = [{ prompt: 'Password: ', echo: false }]
    if (login === 'keyboard-interactive with a code') prompts.push({ prompt: 'Code: ', echo: false })
    context.prompt(prompts, (answers) => {
      if (answers[0] === ODD_PASSWORD) context.accept()
      else context.reject()
    })
  } else context.reject([login === 'password' ? 'password' : 'keyboard-interactive'])
}

/** SFTP version 3: the requests a source makes, on files that lie in `/`. */
function serve(sftp: Ssh2.SFTPWrapper, peculiarities: Peculiarities): void {
  const { STATUS_CODE } = utils.sftp
  const { files = [], maxReadBytes = Infinity, silentOn } = peculiarities
  const find = (path: string): { content: Buffer } | undefined => {
    const file = files.find(({ name }) => `/${name}` === path)
    return file && { content: Buffer.from(file.content) }
  }
  const attributesOf = (content: Buffer | undefined): Ssh2.Attributes =>
    (peculiarities.withoutAttributes === true
      ? { size: content?.length ?? 0 }
      : {
          mode: content ? 0o100644 : 0o40755,
          uid: 1,
          gid: 1,
          size: content?.length ?? 0,
          atime: 1,
          mtime: 1_700_000_000,
        }) as Ssh2.Attributes
  let listed = false
  sftp.on('REALPATH', (id, path) =>
    sftp.name(id, [{ filename: path, longname: '', attrs: attributesOf(undefined) }]),
  )
  sftp.on('OPENDIR', (id) => {
    listed = false
    if (silentOn !== 'OPENDIR') sftp.handle(id, Buffer.from('folder'))
  })
  sftp.on('READDIR', (id) => {
    if (listed) return sftp.status(id, STATUS_CODE.EOF)
    listed = true
    const entries = files.map(({ name, content }) => ({
      filename: name,
      longname: `-rw-r--r-- 1 a a 1 Jan 1 00:00 ${name}`,
      attrs: attributesOf(Buffer.from(content)),
    }))
    return sftp.name(id, entries)
  })
  const stat = (id: number, path: string): void => {
    const found = path === '/' ? { content: undefined } : find(path)
    if (silentOn === 'STAT') return
    if (found === undefined) sftp.status(id, STATUS_CODE.NO_SUCH_FILE)
    else sftp.attrs(id, attributesOf(found.content))
  }
  sftp.on('STAT', stat)
  sftp.on('LSTAT', stat)
  sftp.on('FSTAT', (id, handle) => stat(id, handle.toString()))
  sftp.on('OPEN', (id, path) => {
    if (silentOn === 'OPEN') return
    if (find(path) === undefined) sftp.status(id, STATUS_CODE.NO_SUCH_FILE)
    else sftp.handle(id, Buffer.from(path))
  })
  sftp.on('READ', (id, handle, offset, length) => {
    const bytes = find(handle.toString())?.content.subarray(offset, offset + Math.min(length, maxReadBytes))
    if (bytes === undefined || bytes.length === 0) sftp.status(id, STATUS_CODE.EOF)
    else sftp.data(id, bytes)
  })
  sftp.on('CLOSE', (id) => sftp.status(id, STATUS_CODE.OK))
}
