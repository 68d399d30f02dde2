/** The name a server or the driver gives to a failure: `NoSuchBucket`. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}

/** The system's short name for a failure of the network or of TLS (`ECONNRESET`), or an empty text. */
export function codeOf(error: unknown): string {
  const code = propertyOf(error, 'code')
  if (typeof code === 'string') return code
  // Node tries several addresses of a name, and fails with all their errors in one.
  const errors = propertyOf(error, 'errors')
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : ''
}

/** The HTTP status of the server's answer; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  const metadata = propertyOf(error, '$metadata')
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function propertyOf(error: unknown, name: string): unknown {
  return error instanceof Error && name in error
    ? (error as unknown as Record<string, unknown>)[name]
    : undefined
}
