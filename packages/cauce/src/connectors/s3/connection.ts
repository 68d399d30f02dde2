import { readFile } from 'node:fs/promises'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { CauceError } from '../../model/cauce-error.ts'
import { loadDriver, type S3Driver } from './driver.ts'
import type { S3Location } from './location.ts'
import type { S3Keys } from './login.ts'

/** A client with its sockets, and the driver whose commands it takes. */
export interface S3Connection {
  readonly client: S3Client
  readonly commands: S3Driver['s3']
}

const CONNECT_MS = 10_000

/** Makes a client; nothing is asked of the server yet. @throws {CauceError} DRIVER_MISSING, CONFIG_INVALID, SOURCE_ACCESS */
export async function connectS3(location: S3Location): Promise<S3Connection> {
  const driver = await loadDriver()
  const ca = location.caPath === undefined ? undefined : await readCa(location.caPath, location)
  const { timeoutMs, endpoint, region, pathStyle } = location
  const sockets = { keepAlive: true, maxSockets: MAX_SOCKETS }
  const requestHandler = new driver.http.NodeHttpHandler({
    connectionTimeout: Math.min(timeoutMs, CONNECT_MS),
    requestTimeout: timeoutMs,
    throwOnRequestTimeout: true,
    httpAgent: new HttpAgent(sockets),
    httpsAgent: new HttpsAgent({ ...sockets, ...(ca === undefined ? {} : { ca }) }),
    logger: SILENT,
  })
  const client = new driver.s3.S3Client({
    ...credentialsOf(driver, location, requestHandler),
    ...(endpoint === undefined ? { followRegionRedirects: true } : { endpoint }),
    ...(region === undefined ? {} : { region }),
    forcePathStyle: pathStyle,
    requestHandler,
    // Tries are ours (try-again.ts): counted, on our clock, and ended by the signal.
    maxAttempts: 1,
    // Not every compatible server knows the newer checksums; ours is over the whole object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: SILENT,
  })
  return { client, commands: driver.s3 }
}

/** Above what a performer ever uses; several callers of one source wait for each other rather than open hundreds. */
const MAX_SOCKETS = 64

/** What the driver has to say goes to the console otherwise, into the middle of `--json`. */
const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

function credentialsOf(
  { providers }: S3Driver,
  { login: { base, role }, region, endpoint }: S3Location,
  requestHandler: InstanceType<S3Driver['http']['NodeHttpHandler']>,
): Pick<S3ClientConfig, 'credentials' | 'signer'> {
  // Without keys the driver would look for some, although nothing is signed.
  if (base.kind === 'anonymous')
    return {
      credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' },
      signer: { sign: async (request) => request },
    }
  const own =
    base.kind === 'keys'
      ? keysOf(base)
      : providers.fromNodeProviderChain(base.profile === undefined ? {} : { profile: base.profile })
  if (role === undefined) return { credentials: own }
  return {
    credentials: providers.fromTemporaryCredentials({
      masterCredentials: own,
      params: {
        RoleArn: role.arn,
        RoleSessionName: 'cauce',
        ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      },
      // A server that is not AWS gives roles out itself.
      clientConfig: {
        ...(region === undefined ? {} : { region }),
        ...(endpoint === undefined ? {} : { endpoint, requestHandler }),
      },
    }),
  }
}

function keysOf({ accessKey, secretKey, sessionToken }: S3Keys): {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
} {
  return {
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  }
}

async function readCa(path: string, { bucket, displayUrl }: S3Location): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'EACCES' || code === 'EPERM')
      throw new CauceError(
        'SOURCE_ACCESS',
        { url: displayUrl, detail: `no permission to read the certificates ${path}` },
        { cause: error },
      )
    throw new CauceError(
      'CONFIG_INVALID',
      { where: `source s3://${bucket}`, detail: `the certificates ${path} cannot be read (${code})` },
      { cause: error },
    )
  }
}
