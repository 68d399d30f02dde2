import { hostname, userInfo } from 'node:os'

/** Who gives a command, as history names them. */
export function whoAsks(): string {
  return `${userInfo().username}@${hostname()}`
}
