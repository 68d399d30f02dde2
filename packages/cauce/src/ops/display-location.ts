import type { Setting } from '../model/plan.ts'

/**
 * A location for people: without password, and without the values of parameters that may be secret. Paths and other texts come
 * back as they are. For anything that cannot be told apart, less is shown rather than more.
 */
export function displayLocation(location: string): string {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(location)
  if (parts === null) return location
  const [, scheme = '', authority = '', path = '', query = ''] = parts
  const shown = path + shownQuery(query)
  if (/^([^:@[\]]*|\[[0-9a-f:.]*\])(:[0-9]*)?$/i.test(authority)) return scheme + authority + shown
  // An unescaped @ or / in a password cuts it elsewhere: whatever stands before the last @ is the user's.
  const rest = `${authority}${path}`
  const user = authority.split(/[:@]/)[0] ?? ''
  const shownUser = user === '' ? '' : `${user}@`
  return scheme + shownUser + rest.slice(rest.lastIndexOf('@') + 1) + shownQuery(query)
}

/** The parameters' names: which of their values are secret is not known here. */
function shownQuery(query: string): string {
  if (query === '') return ''
  const shown = query
    .slice(1)
    .split('&')
    .map((parameter) => parameter.split('=')[0])
    .filter((name) => name !== undefined && name !== '')
  return `?${shown.map((name) => `${name}=…`).join('&')}`
}

/** A setting for people: `VISITAS_DESTINO, else duckdb:./visitas.duckdb`, never the variable's value. */
export function displaySetting(setting: Setting): Setting {
  switch (setting.kind) {
    case 'value':
      return { ...setting, value: displayLocation(setting.value) }
    case 'env':
      return { ...setting, fallback: setting.fallback && displayLocation(setting.fallback) }
    case 'first':
      return { ...setting, of: setting.of.map(displaySetting) }
    case 'address': {
      const texts = setting.parts.map((part) =>
        typeof part === 'string' ? part : part.kind === 'env' ? part.name : '…',
      )
      return { kind: 'value', value: displayLocation(texts.join('')) }
    }
  }
}
