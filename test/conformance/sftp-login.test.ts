import { spawn } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSource } from '../../packages/cauce/src/connectors/source-registry.ts'
import type { SourceEntry } from '../../packages/cauce/src/connectors/source.ts'
import { runProgram } from '../servers/run-program.ts'
import { describeNeeding, sharedSftp } from '../servers/shared-servers.ts'
import { quiet } from './source-scene.ts'

let folder = ''
let base = ''
let passwordBase = ''
let home = ''

async function setUp(): Promise<void> {
  const sftp = sharedSftp()
  const made = await sftp.createFolder()
  ;({ path: folder, url: base } = made)
  passwordBase = made.passwordUrl ?? ''
  await writeFile(join(folder, 'a.csv'), 'x')
  home = await mkdtemp(join(tmpdir(), 'cauce-home-'))
  await mkdir(join(home, '.ssh'))
}

async function tearDown(): Promise<void> {
  await Promise.all([folder, home].map(async (path) => rm(path, { recursive: true })))
}

/** Lists once; `environment` is all that is seen of ours. */
async function list(
  url: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly SourceEntry[]> {
  const source = await openSource(url, { environment: { HOME: home, ...environment } })
  try {
    return await source.list('*', quiet)
  } finally {
    await source.close()
  }
}

/** Everything a person or a log may get to see of a failure. */
async function failureOf(url: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const seen: string[] = []
  let error: unknown = await list(url, environment).then(
    () => new Error('it was let in'),
    (failure: unknown) => failure,
  )
  while (error instanceof Error) {
    seen.push(
      JSON.stringify({
        ...Object.fromEntries(Object.entries(error)),
        message: error.message,
        stack: error.stack,
      }),
    )
    error = error.cause
  }
  return seen.join('\n')
}

describeNeeding('sshd')('sftp login by key', () => {
  beforeAll(setUp)
  afterAll(tearDown)
  const pin = (): string => `hostkey=${sharedSftp().hostKeyFingerprint}`

  test('a key the server knows gets in', async () => {
    expect(await list(`${base}?${pin()}&key=${sharedSftp().privateKeyPath}`)).toHaveLength(1)
  })

  test('a folder relative to the home folder is found', async () => {
    const name = folder.slice(sharedSftp().rootFolder.length + 1)
    for (const path of [`/~/${name}`, `/./${name}`])
      expect(
        await list(`${base.replace(folder, path)}?${pin()}&key=${sharedSftp().privateKeyPath}`),
      ).toHaveLength(1)
  })

  test('a key with a passphrase needs it, and it stays unsaid', async () => {
    const { path, passphrase } = sharedSftp().protectedKey
    expect(await list(`${base}?${pin()}&key=${path}&passphrase=${passphrase}`)).toHaveLength(1)
    expect(await failureOf(`${base}?${pin()}&key=${path}`)).toContain('give ?passphrase=')
    const wrong = await failureOf(`${base}?${pin()}&key=${path}&passphrase=s3cr3t-and-wrong`)
    expect(wrong).toContain('"code":"SOURCE_ACCESS"')
    expect(wrong).toContain('the passphrase does not open the private key')
    expect(wrong).not.toContain('s3cr3t-and-wrong')
  })

  test('a key the server does not know is an access error that names the key file', async () => {
    const { strangerKeyPath } = sharedSftp()
    const failure = await failureOf(`${base}?${pin()}&key=${strangerKeyPath}`)
    expect(failure).toContain('"code":"SOURCE_ACCESS"')
    expect(failure).toContain(`did not accept the key ${strangerKeyPath} for user`)
  })

  test('a key file that is missing, or is no key, is said so', async () => {
    expect(await failureOf(`${base}?${pin()}&key=/no/such/key`)).toContain('"code":"CONFIG_INVALID"')
    const { knownHostsPath } = sharedSftp()
    expect(await failureOf(`${base}?${pin()}&key=${knownHostsPath}`)).toContain(
      'holds no key that can be read',
    )
  })

  test('without password and key the ssh agent is asked; without an agent it is said what to give', async () => {
    expect(await failureOf(`${base}?${pin()}`)).toContain('"code":"CONFIG_INVALID"')
    const dead = await failureOf(`${base}?${pin()}`, { SSH_AUTH_SOCK: join(home, 'no-agent') })
    expect(dead).toContain('"code":"SOURCE_ACCESS"')
  })

  const noAgent = ['/usr/bin/ssh-agent', '/usr/bin/ssh-add'].every(existsSync)
    ? ''
    : ' [NOT RUN: no ssh-agent here]'
  test.skipIf(noAgent !== '')(`the keys of an ssh agent get in${noAgent}`, async () => {
    const socket = join(home, 'agent')
    const agent = spawn('/usr/bin/ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
    try {
      await expect.poll(() => existsSync(socket)).toBe(true)
      const environment = { SSH_AUTH_SOCK: socket }
      const { strangerKeyPath, privateKeyPath } = sharedSftp()
      const env = { ...process.env, ...environment }
      await runProgram('/usr/bin/ssh-add', ['-q', strangerKeyPath], { env })
      expect(await failureOf(`${base}?${pin()}`, environment)).toContain('any key of the ssh agent')
      await runProgram('/usr/bin/ssh-add', ['-q', privateKeyPath], { env })
      expect(await list(`${base}?${pin()}`, environment)).toHaveLength(1)
    } finally {
      agent.kill()
    }
  })
})

describeNeeding('sshd-password')('sftp login by password', () => {
  beforeAll(setUp)
  afterAll(tearDown)

  test('the right one gets in, a wrong one is an access error that does not repeat it', async () => {
    const pin = `?hostkey=${sharedSftp().hostKeyFingerprint}`
    expect(await list(passwordBase + pin)).toHaveLength(1)
    const failure = await failureOf(passwordBase.replace(/:[^:@]+@/, ':wr%40ng-s3cr3t@') + pin)
    expect(failure).toContain('"code":"SOURCE_ACCESS"')
    expect(failure).toContain('did not accept the password for user')
    expect(failure).not.toMatch(/wr(%40|@)ng-s3cr3t/)
  })
})

describeNeeding('sshd')('sftp host key', () => {
  beforeAll(setUp)
  afterAll(tearDown)
  const key = (): string => `key=${sharedSftp().privateKeyPath}`
  const knownHosts = async (text: string): Promise<string> => {
    const path = join(home, 'known_hosts')
    await writeFile(path, text)
    return `${base}?${key()}&known_hosts=${path}`
  }
  const line = async (): Promise<string> => readFile(sharedSftp().knownHostsPath, 'utf8')

  test('is refused when nothing is known of the host, with the fingerprint seen and how to pin it', async () => {
    for (const url of [`${base}?${key()}`, await knownHosts('')]) {
      const failure = await failureOf(url)
      expect(failure).toContain('"code":"SOURCE_HOST_KEY"')
      expect(failure).toContain(`ssh-ed25519 ${sharedSftp().hostKeyFingerprint}`)
      expect(failure).toContain('Pin it with ?hostkey=')
    }
    await expect(list(await knownHosts(''))).rejects.toMatchObject({ class: 'access' })
  })

  test('is accepted when known_hosts knows it: plain, hashed, with comments and other hosts around', async () => {
    const text = await line()
    expect(await list(await knownHosts(`# mine\n\nother ssh-rsa AAAA\n${text}`))).toHaveLength(1)
    const url = await knownHosts(text.replace(/^\S+/gm, (name) => hashed(name)))
    expect(await list(url)).toHaveLength(1)
  })

  test('is looked up in the known_hosts of the user', async () => {
    const path = join(home, '.ssh/known_hosts')
    await writeFile(path, await line())
    expect(await list(`${base}?${key()}`)).toHaveLength(1)
    await rm(path)
  })

  test('that was changed is refused, and says what was expected', async () => {
    const other = (await readFile(`${sharedSftp().strangerKeyPath}.pub`, 'utf8'))
      .split(' ')
      .slice(0, 2)
      .join(' ')
    const failure = await failureOf(await knownHosts(`[127.0.0.1]:${sharedSftp().port} ${other}\n`))
    expect(failure).toContain('"code":"SOURCE_HOST_KEY"')
    expect(failure).toMatch(
      /says ssh-ed25519 SHA256:\S+ \(line 1\) .* it was changed, or this is another machine/,
    )
  })

  test('that was revoked is refused even where another line accepts it', async () => {
    const text = await line()
    const failure = await failureOf(
      await knownHosts(`${text}@revoked * ${text.split(' ').slice(1, 3).join(' ').split('\n')[0] ?? ''}\n`),
    )
    expect(failure).toContain('as @revoked')
  })

  test('of a certificate authority is not supported, and said so', async () => {
    const failure = await failureOf(await knownHosts((await line()).replace(/^\S+/gm, '@cert-authority *')))
    expect(failure).toContain('host certificates are not supported')
  })

  test('known for another port does not count', async () => {
    const text = (await line()).replace(/^\S+/gm, '127.0.0.1')
    expect(await failureOf(await knownHosts(text))).toContain('"code":"SOURCE_HOST_KEY"')
  })

  test('that is pinned wrongly is refused, whatever known_hosts says', async () => {
    await writeFile(join(home, '.ssh/known_hosts'), await line())
    const failure = await failureOf(`${base}?${key()}&hostkey=SHA256:${'B'.repeat(43)}`)
    expect(failure).toContain('"code":"SOURCE_HOST_KEY"')
    await rm(join(home, '.ssh/known_hosts'))
  })

  test('a known_hosts file that is named but missing is a mistake in the URL', async () => {
    expect(await failureOf(`${base}?${key()}&known_hosts=/no/such/file`)).toContain('"code":"CONFIG_INVALID"')
  })
})

describeNeeding('sshd')('sftp names that are not UTF-8', () => {
  beforeAll(setUp)
  afterAll(tearDown)
  const open = async (): Promise<Awaited<ReturnType<typeof openSource>>> =>
    openSource(`${base}?key=${sharedSftp().privateKeyPath}&hostkey=${sharedSftp().hostKeyFingerprint}`)
  const put = async (name: Buffer): Promise<void> =>
    writeFile(Buffer.concat([Buffer.from(`${folder}/`), name]), 'x')

  test('are listed, then named as the reason, and do not hold up the others', async () => {
    await put(Buffer.from('año.csv', 'latin1'))
    const source = await open()
    const [good, bad] = await source.list('*', quiet)
    expect([good?.key, bad?.key]).toEqual(['a.csv', 'a\ufffdo.csv'])
    if (bad === undefined) throw new Error('not listed')
    const request = { entry: bad, toPath: join(home, 'part'), onBytes: () => undefined, signal: quiet }
    const failure = {
      code: 'FILE_UNREADABLE',
      class: 'layout',
      message: expect.stringContaining('not valid UTF-8'),
    }
    await expect(source.fetch(request)).rejects.toMatchObject(failure)
    await expect(source.stat(bad.key)).rejects.toMatchObject(failure)
    await expect(source.delete(bad)).rejects.toMatchObject(failure)
    await source.close()
  })

  test('two that only look alike are not taken for one', async () => {
    await put(Buffer.from([0x62, 0xe8]))
    await put(Buffer.from([0x62, 0xe9]))
    const source = await open()
    await expect(source.list('*', quiet)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    await source.close()
  })
})

/** As `ssh-keygen -H` writes it. */
function hashed(name: string): string {
  const salt = randomBytes(20)
  const hash = createHmac('sha1', salt).update(name).digest('base64')
  return `|1|${salt.toString('base64')}|${hash}`
}

describe('an sftp URL', () => {
  test('that cannot be read is refused without repeating it', async () => {
    await expect(list('sftp://u:s3cr3t/with/slash@host/folder')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
    expect(await failureOf('sftp://u:s3cr3t/with/slash@host/folder')).not.toContain('s3cr3t')
  })
})
