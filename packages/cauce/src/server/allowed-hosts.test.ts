import { expect, test } from 'vitest'
import { isAllowedHost, isLoopback } from './allowed-hosts.ts'

test('only this machine reaches its loopback addresses', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost', 'LOCALHOST'])
    expect(isLoopback(host)).toBe(true)
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'fe80::1', 'localhost.example', '127.0.0.1.example', ''])
    expect(isLoopback(host)).toBe(false)
})

test('a name nobody gave us is not ours, whatever it leads to', () => {
  const bound = (host: string, ...allowedHosts: string[]) => ({ host, allowedHosts })
  for (const header of [
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    'localhost@evil.example',
    ':4200',
    'a b',
    '[::1',
    '10.0.0.1',
  ])
    expect(isAllowedHost(header, bound('127.0.0.1')), header).toBe(false)
  expect(isAllowedHost('evil.example', bound('0.0.0.0', 'cauce'))).toBe(false)
  expect(isAllowedHost('cauce.example', bound('0.0.0.0', 'cauce'))).toBe(false)
})

test('loopback names, the address it is bound to, any address behind a wildcard, and allowed names are ours', () => {
  const bound = (host: string, ...allowedHosts: string[]) => ({ host, allowedHosts })
  for (const header of ['127.0.0.1:4200', 'localhost', '[::1]:80', 'localhost.:4200'])
    expect(isAllowedHost(header, bound('127.0.0.1')), header).toBe(true)
  for (const header of ['10.0.0.1:4200', '[fe80::1]', '127.0.0.1'])
    expect(isAllowedHost(header, bound('0.0.0.0')), header).toBe(true)
  expect(isAllowedHost('db-1:4200', bound('db-1'))).toBe(true)
  expect(isAllowedHost('CAUCE:4200', bound('0.0.0.0', 'cauce'))).toBe(true)
})
