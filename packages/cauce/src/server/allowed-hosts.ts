import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether only this machine can reach it. A name other than `localhost` may lead anywhere. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true
  const family = isIP(host)
  return family !== 0 && loopback.check(host, family === 4 ? 'ipv4' : 'ipv6')
}

/**
 * Whether a request's Host header names this server. A page of another site can make a browser ask us under a name of its own
 * that leads to our address (DNS rebinding); it cannot make it send our address, or a name of ours. Ports say nothing.
 */
export function isAllowedHost(
  header: string | undefined,
  { host: bound, allowedHosts }: { readonly host: string; readonly allowedHosts: readonly string[] },
): boolean {
  const name = hostName(header)
  if (name === undefined) return false
  if (isLoopback(name) || name === bound.toLowerCase()) return true
  // An address is no name that could be made to lead here; behind a wildcard all our addresses are ours.
  if (isIP(name) !== 0) return !isLoopback(bound)
  return allowedHosts.some((allowed) => allowed.toLowerCase() === name)
}

/** The name in a Host header, without port and brackets. */
function hostName(header: string | undefined): string | undefined {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/i.exec(header ?? '')
  return (found?.[1] ?? found?.[2])?.toLowerCase().replace(/\.$/, '')
}
