import { type AlertMessage, entryTitle, type MessageEntry } from './compose-message.ts'

/** The same in two forms, for every mail reader. No links, no pictures, nothing from elsewhere. */
export interface MailBody {
  readonly text: string
  readonly html: string
}

export function mailBody(message: AlertMessage): MailBody {
  return { text: textOf(message), html: htmlOf(message) }
}

function textOf({ shown, more, footer, language }: AlertMessage): string {
  const entries = shown.map((entry) =>
    [
      entryTitle(entry, language),
      ...entry.facts.map(({ label, value }) => `  ${label}: ${value}`),
      ...entry.rows.map((row) => `  | ${row}`),
      ...(entry.advice === undefined ? [] : [`  ${entry.advice}`]),
      ...entry.commands.map((command) => `    ${command}`),
    ].join('\n'),
  )
  return `${[...entries, ...(more === undefined ? [] : [more]), `-- \n${footer}`].join('\n\n')}\n`
}

function htmlOf({ shown, more, footer, language, subject }: AlertMessage): string {
  const parts = [
    ...shown.map((entry) => entryHtml(entry, entryTitle(entry, language))),
    ...(more === undefined ? [] : [`<p>${escapeHtml(more)}</p>`]),
    `<p style="color:#666;font-size:12px">${escapeHtml(footer)}</p>`,
  ]
  const head = `<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>`
  const style = 'font-family:sans-serif;font-size:14px;color:#222'
  return `<!doctype html>\n<html lang="${language}">${head}<body style="${style}">\n${parts.join('\n')}\n</body></html>\n`
}

function entryHtml({ kind, facts, rows, advice, commands }: MessageEntry, title: string): string {
  const colour = kind === 'resolved' ? '#1b7a3d' : '#b42318'
  const factRows = facts
    .map(
      ({ label, value }) =>
        `<tr><td style="color:#666;padding-right:12px;vertical-align:top">${escapeHtml(label)}</td><td>${escapeHtml(value)}</td></tr>`,
    )
    .join('')
  const pre = (lines: readonly string[]): string =>
    lines.length === 0
      ? ''
      : `<pre style="background:#f4f4f4;padding:8px;white-space:pre-wrap">${escapeHtml(lines.join('\n'))}</pre>`
  return [
    `<h3 style="color:${colour};margin-bottom:4px">${escapeHtml(title)}</h3>`,
    `<table style="border-collapse:collapse">${factRows}</table>`,
    pre(rows),
    advice === undefined ? '' : `<p>${escapeHtml(advice)}</p>`,
    pre(commands),
  ].join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark)
}
