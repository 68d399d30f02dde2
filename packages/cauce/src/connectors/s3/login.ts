import { given, type Environment } from './settings.ts'
import { invalid } from '../url-options.ts'

/** Keys as they are given. */
export interface S3Keys {
  readonly kind: 'keys'
  readonly accessKey: string
  readonly secretKey: string
  readonly sessionToken: string | undefined
}

/** What to show at the door; with a role, whoever shows it takes that role on. */
export interface S3Login {
  readonly base:
    | S3Keys
    | { readonly kind: 'anonymous' }
    | { readonly kind: 'chain'; readonly profile: string | undefined }
  readonly role: { readonly arn: string; readonly externalId: string | undefined } | undefined
}

export interface LoginRequest {
  readonly options: ReadonlyMap<string, string>
  readonly environment: Environment
  readonly isAws: boolean
  readonly where: string
}

/**
 * Chooses between options, environment and AWS's own chain (profile, single sign-on, web identity, role of the machine).
 * `MINIO_ACCESS_KEY` is for servers that are not AWS.
 * @throws {CauceError} CONFIG_INVALID for half a pair, or things that exclude each other; never with a value
 */
export function loginOf(request: LoginRequest): S3Login {
  const { options, where } = request
  const arn = options.get('role')
  const externalId = options.get('external_id')
  if (externalId !== undefined && arn === undefined)
    throw invalid(where, 'the option external_id needs the option role')
  return { base: baseOf(request), role: arn === undefined ? undefined : { arn, externalId } }
}

function baseOf({ options, environment, isAws, where }: LoginRequest): S3Login['base'] {
  const ways = ['anonymous', 'profile', 'access_key'].filter((name) => options.has(name))
  if (ways.length > 1) throw invalid(where, `give only one of the options ${ways.join(' and ')}`)
  if (options.has('anonymous')) return anonymous(options, where)
  if (options.has('session_token') && !options.has('access_key'))
    throw invalid(where, 'the option session_token needs the option access_key')
  const inUrl = pair(
    {
      access: options.get('access_key'),
      secret: options.get('secret_key'),
      token: options.get('session_token'),
    },
    { names: ['the option access_key', 'the option secret_key'], where },
  )
  if (inUrl !== undefined) return inUrl
  const profile = options.get('profile')
  if (profile !== undefined) return { kind: 'chain', profile }
  const minio = isAws
    ? undefined
    : pair(
        { access: given(environment, 'MINIO_ACCESS_KEY'), secret: given(environment, 'MINIO_SECRET_KEY') },
        { names: ['MINIO_ACCESS_KEY', 'MINIO_SECRET_KEY'], where },
      )
  const aws = (): S3Keys | undefined =>
    pair(
      {
        access: given(environment, 'AWS_ACCESS_KEY_ID'),
        secret: given(environment, 'AWS_SECRET_ACCESS_KEY'),
        token: given(environment, 'AWS_SESSION_TOKEN'),
      },
      { names: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'], where },
    )
  return minio ?? aws() ?? { kind: 'chain', profile: given(environment, 'AWS_PROFILE') }
}

function anonymous(options: ReadonlyMap<string, string>, where: string): { readonly kind: 'anonymous' } {
  if (options.get('anonymous') !== 'yes') throw invalid(where, 'the option anonymous can only be yes')
  if (options.has('role')) throw invalid(where, 'nobody without a name can take on a role')
  return { kind: 'anonymous' }
}

function pair(
  {
    access,
    secret,
    token,
  }: {
    readonly access: string | undefined
    readonly secret: string | undefined
    readonly token?: string | undefined
  },
  {
    names: [accessName, secretName],
    where,
  }: { readonly names: readonly [string, string]; readonly where: string },
): S3Keys | undefined {
  if (access === undefined && secret === undefined) return undefined
  if (access === undefined || secret === undefined)
    throw invalid(
      where,
      access === undefined
        ? `${secretName} is set but ${accessName} is not`
        : `${accessName} is set but ${secretName} is not`,
    )
  return { kind: 'keys', accessKey: access, secretKey: secret, sessionToken: token }
}
