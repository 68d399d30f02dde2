/** Languages people read; code and data keep their own names. */
export type Language = 'en' | 'es'

/** One sentence in every language we speak. `{name}` marks a value from the details. */
export interface Text {
  readonly en: string
  readonly es: string
}

/**
 * The language asked for by a flag, else by the locale variables (LC_ALL, LC_MESSAGES, LANG in that order), else English.
 * `es`, `es_MX.UTF-8` and the like are Spanish; anything else is English.
 */
export function chooseLanguage(
  flag: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const named = flag ?? (environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || 'en')
  return /^es([_.@-]|$)/i.test(named) ? 'es' : 'en'
}

/** Fills the `{name}` marks of a text; a mark without a value stays visible rather than vanish. */
export function fillText(text: string, details: Readonly<Record<string, string | number | boolean>>): string {
  return text.replace(/\{(\w+)\}/g, (mark, name: string) => {
    const value = details[name]
    return value === undefined ? mark : String(value)
  })
}
