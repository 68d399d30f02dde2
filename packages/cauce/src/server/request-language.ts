import type { Language } from '../model/language.ts'

/** What a request tells of the language its reader wants. */
interface Asking {
  readonly query: unknown
  readonly headers: { readonly 'accept-language'?: string | undefined }
}

/** `?lang=es|en`, else the first of ours in Accept-Language by its weight, else English. */
export function requestLanguage({ query, headers }: Asking): Language {
  const asked = typeof query === 'object' && query !== null && 'lang' in query ? query.lang : undefined
  if (asked === 'es' || asked === 'en') return asked
  const wanted = (headers['accept-language'] ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', ...settings] = part.trim().toLowerCase().split(';')
      const weight = settings.map((setting) => /^\s*q=([01](?:\.\d+)?)\s*$/.exec(setting)?.[1]).find(Boolean)
      return { tag, weight: Number(weight ?? 1) }
    })
    .filter(({ tag, weight }) => weight > 0 && /^(en|es)(-|$)/.test(tag))
    .toSorted((one, other) => other.weight - one.weight)
  return wanted[0]?.tag.startsWith('es') === true ? 'es' : 'en'
}
