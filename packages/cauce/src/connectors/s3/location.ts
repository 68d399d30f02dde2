import { decoded, invalid, localPath, urlOptions } from '../url-options.ts'
import { endpointOf } from './endpoint.ts'
import { loginOf, type S3Login } from './login.ts'
import { given, type Environment } from './settings.ts'

/** Where a bucket lies and how to get in, as URL and environment say. */
export interface S3Location {
  readonly bucket: string
  /** What the keys of the source begin with: empty, or ends in `/`. */
  readonly prefix: string
  /** `http://host:port` of a MinIO or another compatible server; undefined: AWS. */
  readonly endpoint: string | undefined
  /** Undefined: the one of the AWS profile. */
  readonly region: string | undefined
  /** The bucket stands in the path, not in the host name. */
  readonly pathStyle: boolean
  readonly login: S3Login
  /** A file of certificates to trust instead of the machine's own. */
  readonly caPath: string | undefined
  /** After so long without an answer the server counts as gone. */
  readonly timeoutMs: number
  /** Ranges of one object that are read at once. */
  readonly connections: number
  /** Only keys after this one are listed, without the prefix. */
  readonly startAfter: string | undefined
  /** For people: no keys, no options. */
  readonly displayUrl: string
}

/**
 * Reads `s3://bucket/folder/?options`; without a bucket (`s3:///folder/`) it is that of `BUCKET`. Everything may be
 * percent-encoded. `homeFolder` is ours, for option paths that begin with `~/`. Options win over the environment; see
 * docs/sources.md.
 *
 * Taken apart by hand: `new URL` puts the whole URL, keys included, into its errors, and removes `/./` from keys.
 *
 * @throws {CauceError} CONFIG_INVALID, never with a part of the URL that may be secret
 */
export function s3Location(url: string, environment: Environment, homeFolder: string): S3Location {
  const found = S3_URL.exec(url)?.groups
  if (found === undefined)
    throw invalid(
      's3:// source',
      'is not of the form s3://bucket/folder/?options; keys stand in the options access_key and secret_key or in the environment; ' +
        'in the folder write ? as %3F, # as %23 and % as %25',
    )
  const bucket = bucketOf(found['bucket'] || given(environment, 'BUCKET'))
  const where = `source s3://${bucket}`
  const folder = decoded(found['path'] ?? '', where, 'the folder').slice(1)
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`
  const options = urlOptions({ query: found['query'] ?? '', known: OPTION_NAMES, where })
  const ca = options.get('ca') ?? given(environment, 'AWS_CA_BUNDLE')
  const endpoint = endpointOf({ option: options.get('endpoint'), environment, where })
  return {
    bucket,
    prefix,
    endpoint,
    region: regionOf(options, environment) ?? (endpoint === undefined ? undefined : 'us-east-1'),
    pathStyle: pathStyle(options.get('style'), endpoint, where),
    login: loginOf({ options, environment, isAws: endpoint === undefined, where }),
    caPath: ca === undefined ? undefined : localPath(ca, { where, option: 'ca', homeFolder }),
    timeoutMs: 1_000 * wholeNumber(options.get('timeout') ?? '30', { where, what: 'timeout', max: 3_600 }),
    connections: wholeNumber(options.get('connections') ?? '4', { where, what: 'connections', max: 64 }),
    startAfter: options.get('start_after'),
    displayUrl: `s3://${bucket}/${encodedPath(prefix)}`,
  }
}

const S3_URL = /^s3:\/\/(?<bucket>[^/?#@:\s]*)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/i

const OPTION_NAMES = [
  'endpoint',
  'region',
  'style',
  'access_key',
  'secret_key',
  'session_token',
  'profile',
  'role',
  'external_id',
  'anonymous',
  'ca',
  'timeout',
  'connections',
  'start_after',
]

function bucketOf(name: string | undefined): string {
  if (name === undefined)
    throw invalid('s3:// source', 'the bucket is missing; write s3://bucket/folder/ or set BUCKET')
  if (!/^[a-z0-9][a-z0-9._-]{1,253}[a-z0-9]$/i.test(name))
    throw invalid(
      's3:// source',
      'the bucket must be a name of letters, digits, dots and hyphens, at least three of them',
    )
  return name
}

function regionOf(options: ReadonlyMap<string, string>, environment: Environment): string | undefined {
  const variables = ['AWS_REGION', 'AWS_DEFAULT_REGION', 'MINIO_REGION']
  const set = variables.map((name) => given(environment, name)).find((value) => value !== undefined)
  return options.get('region') ?? set
}

function pathStyle(style: string | undefined, endpoint: string | undefined, where: string): boolean {
  if (style === undefined) return endpoint !== undefined
  if (style !== 'path' && style !== 'virtual')
    throw invalid(where, 'the option style must be path or virtual')
  return style === 'path'
}

function wholeNumber(
  text: string,
  { where, what, max }: { readonly where: string; readonly what: string; readonly max: number },
): number {
  const number = Number(text)
  if (!/^\d{1,4}$/.test(text) || number < 1 || number > max)
    throw invalid(where, `the option ${what} must be a whole number from 1 to ${max}`)
  return number
}

function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
