import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import { NodeHttpHandler } from '@smithy/node-http-handler'

/** Where a MinIO is and how to get in. */
export interface MinioCoordinates {
  host: string
  port: number
  /** `http://host:port`, or `https:` when it speaks TLS. */
  endpoint: string
  region: string
  /** Of an account that may do everything. */
  accessKey: string
  secretKey: string
  /** Its certificate, to be trusted as CA; served only when it speaks TLS. */
  certificatePath: string
}

export interface MinioKeys {
  accessKey: string
  secretKey: string
  sessionToken?: string
}

export interface MinioBucket {
  readonly name: string
  put(key: string, content: string | Uint8Array): Promise<void>
  remove(key: string): Promise<void>
  /** All keys, in the server's order. */
  keys(): Promise<string[]>
  /** Keys with a mark that says they were deleted, in a bucket that keeps versions. */
  marks(): Promise<string[]>
}

export interface MinioAccess extends MinioCoordinates {
  listBuckets(): Promise<string[]>
  /** `isPublic`: anybody may read it, also without a name. */
  createBucket(options?: { readonly versioned?: boolean; readonly isPublic?: boolean }): Promise<MinioBucket>
  /** Keys for an hour that may do only what these statements of a policy allow. */
  limitedKeys(statements: readonly object[]): Promise<MinioKeys>
  /** `s3://bucket/path` with endpoint and keys as parameters; `more` is added to these. */
  url(path: string, more?: Readonly<Record<string, string>>, keys?: MinioKeys): string
}

/** Turns coordinates, which can travel between processes, into something that acts. */
export function minioAccess(coordinates: MinioCoordinates): MinioAccess {
  const { endpoint, region, accessKey, secretKey, certificatePath } = coordinates
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
  const tls = endpoint.startsWith('https:')
  const configuration = {
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    ...(tls
      ? {
          requestHandler: new NodeHttpHandler({
            httpsAgent: new Agent({ ca: readFileSync(certificatePath) }),
          }),
        }
      : {}),
  }
  const client = new S3Client(configuration)
  const createBucket: MinioAccess['createBucket'] = async ({ versioned = false, isPublic = false } = {}) => {
    const name = `test-${randomBytes(6).toString('hex')}`
    await client.send(new CreateBucketCommand({ Bucket: name }))
    if (versioned)
      await client.send(
        new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }),
      )
    if (isPublic) await client.send(new PutBucketPolicyCommand({ Bucket: name, Policy: readableByAll(name) }))
    return bucketOf(client, name)
  }
  return {
    ...coordinates,
    listBuckets: async () => {
      const { Buckets: buckets = [] } = await client.send(new ListBucketsCommand())
      return buckets.map(({ Name: name = '' }) => name)
    },
    createBucket,
    limitedKeys: async (statements) => {
      const policy = JSON.stringify({ Version: '2012-10-17', Statement: statements })
      const keys = await fromTemporaryCredentials({
        masterCredentials: credentials,
        params: {
          RoleArn: 'arn:minio:iam:::role/test',
          RoleSessionName: 'test',
          DurationSeconds: 3_600,
          Policy: policy,
        },
        clientConfig: { endpoint, region },
      })()
      return {
        accessKey: keys.accessKeyId,
        secretKey: keys.secretAccessKey,
        ...(keys.sessionToken === undefined ? {} : { sessionToken: keys.sessionToken }),
      }
    },
    url: (path, more = {}, keys = { accessKey, secretKey }) => {
      const token = keys.sessionToken === undefined ? {} : { session_token: keys.sessionToken }
      const parameters = {
        endpoint,
        access_key: keys.accessKey,
        secret_key: keys.secretKey,
        ...token,
        ...more,
      }
      const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      return `s3://${path}?${query.join('&')}`
    },
  }
}

function readableByAll(bucket: string): string {
  const arn = `arn:aws:s3:::${bucket}`
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: ['*'] },
    Action: ['s3:ListBucket', 's3:GetObject'],
    Resource: [arn, `${arn}/*`],
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

function bucketOf(client: S3Client, name: string): MinioBucket {
  return {
    name,
    put: async (key, content) => {
      await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: Buffer.from(content) }))
    },
    remove: async (key) => void (await client.send(new DeleteObjectCommand({ Bucket: name, Key: key }))),
    marks: async () => {
      const { DeleteMarkers: marks = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: name }))
      return marks.map(({ Key: key = '' }) => key)
    },
    keys: async () => {
      const keys: string[] = []
      for (let token: string | undefined; ;) {
        const page = await client.send(
          new ListObjectsV2Command({
            Bucket: name,
            EncodingType: 'url',
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        )
        for (const { Key: key = '' } of page.Contents ?? [])
          keys.push(decodeURIComponent(key.replaceAll('+', ' ')))
        token = page.NextContinuationToken
        if (token === undefined) return keys
      }
    },
  }
}
