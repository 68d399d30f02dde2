import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

/**
 * A new name, beside a path, for a file that is not whole yet; it tells whose it is. The process id alone does not: in containers
 * that share a folder everybody is process 1.
 */
export function draftName(path: string): string {
  return `${path}.${hostWord()}.${process.pid}.${randomBytes(4).toString('hex')}.part`
}

/** This machine's name as a part of one. */
export function hostWord(): string {
  return hostname().replace(/[^A-Za-z0-9-]/g, '_')
}
