import fc from 'fast-check'
import { expect, test } from 'vitest'
import { requestLanguage } from './request-language.ts'

const language = (accept: string | undefined, query: unknown = {}) =>
  requestLanguage({ query, headers: { 'accept-language': accept } })

test('the language is the one asked for, by weight, else English', () => {
  expect(language(undefined)).toBe('en')
  expect(language('es')).toBe('es')
  expect(language('es-MX,es;q=0.9,en;q=0.8')).toBe('es')
  expect(language('en;q=0.3, es;q=0.7')).toBe('es')
  expect(language('fr, es;q=0.5, en;q=0.4')).toBe('es')
  expect(language('es;q=0')).toBe('en')
  expect(language('est, de')).toBe('en')
  expect(language('es', { lang: 'en' })).toBe('en')
  expect(language('en', { lang: 'es' })).toBe('es')
  expect(language('es', { lang: 'xx' })).toBe('es')
})

test('no header is too odd', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (header) => {
      expect(['en', 'es']).toContain(language(header))
    }),
  )
})
