import { given, type Environment } from './settings.ts'
import { invalid } from '../url-options.ts'

/**
 * The server's address: the option, else `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` or `MINIO_ENDPOINT`; undefined is AWS.
 *
 * A MinIO address is often only `host:port`, since its own clients are told apart whether it speaks TLS: `MINIO_SECURE` says so
 * here too, and where it says nothing, `http`. (Requests are signed: the secret key does not travel either way.)
 *
 * @throws {CauceError} CONFIG_INVALID
 */
export function endpointOf({
  option,
  environment,
  where,
}: {
  readonly option: string | undefined
  readonly environment: Environment
  readonly where: string
}): string | undefined {
  const sources: readonly (readonly [name: string, value: string | undefined])[] = [
    ['the option endpoint', option],
    ...['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL', 'MINIO_ENDPOINT'].map(
      (name) => [name, given(environment, name)] as const,
    ),
  ]
  const [name, value] = sources.find(([, text]) => text !== undefined) ?? []
  if (name === undefined || value === undefined) return undefined
  const isSecure = /^(1|true|yes|on)$/i.test(environment['MINIO_SECURE'] ?? '')
  const address = /^[a-z]+:\/\//i.test(value) ? value : `${isSecure ? 'https' : 'http'}://${value}`
  const parts = /^(https?:\/\/(?:\[[0-9a-f:.]+\]|[^@:/?#[\]\s]+)(?::\d{1,5})?(?:\/[^?#\s]*)?)$/i.exec(address)
  if (parts === null)
    throw invalid(where, `${name} must be an address like http://host:9000, without user and parameters`)
  return address.replace(/\/+$/, '')
}
