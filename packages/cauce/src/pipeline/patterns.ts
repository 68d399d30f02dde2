/** Which addresses count as e-mail. */
export type EmailForm = 'plain' | 'html5' | 'rfc5322'

/**
 * Patterns every engine reads the same way: no look-around, no back-references, `[0-9]` rather than `\d` (Java's and RE2's
 * agree on it). `plain` accepts what zod's default does, written without its look-aheads; `html5` is the browsers' rule;
 * `rfc5322` also takes quoted local parts.
 */
export const EMAIL_PATTERNS: Readonly<Record<EmailForm, string>> = {
  plain: "([A-Za-z0-9_'+-]+[.])*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}",
  html5:
    "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*",
  rfc5322:
    '([^<>()\\[\\]\\\\.,;:\\s@"]+([.][^<>()\\[\\]\\\\.,;:\\s@"]+)*|"[^"]+")@([A-Za-z0-9-]+[.])+[A-Za-z]{2,}',
}

/** A host of letters, digits, dots and dashes (or a bracketed IPv6), an optional port, and the rest without white space. */
export const URL_PATTERN =
  '[Hh][Tt][Tt][Pp][Ss]?://([A-Za-z0-9._~%!$&()*+,;=:-]+@)?([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?([/?#][^\\s]*)?'

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const group = '[0-9A-Fa-f]{1,4}'

/** Dotted IPv4, or IPv6 in full, compressed or IPv4-mapped form. */
export const IP_PATTERN = [
  `${octet}([.]${octet}){3}`,
  `(${group}:){7}${group}`,
  `(${group}:){1,7}:`,
  `(${group}:){1,6}:${group}`,
  `(${group}:){1,5}(:${group}){1,2}`,
  `(${group}:){1,4}(:${group}){1,3}`,
  `(${group}:){1,3}(:${group}){1,4}`,
  `(${group}:){1,2}(:${group}){1,5}`,
  `${group}:(:${group}){1,6}`,
  `:(:${group}){1,7}`,
  '::',
  `::[Ff]{4}:${octet}([.]${octet}){3}`,
].join('|')
