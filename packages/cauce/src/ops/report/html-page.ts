import type { Language } from '../../model/language.ts'
import { Html, markup } from './html.ts'

/**
 * A whole page in one file: no script, nothing from elsewhere, and a policy that says so; light and dark as the reader's system
 * is, ink on paper when printed.
 */
export function htmlPage(
  { title, language, foot }: { readonly title: string; readonly language: Language; readonly foot: string },
  body: readonly Html[],
): string {
  return markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}<footer>${foot}</footer>
</main>
</body>
</html>
`.text
}

const STYLE = new Html(`
:root { color-scheme: light dark;
  --page: light-dark(#f6f7f9, #14171c); --card: light-dark(#ffffff, #1d2128); --line: light-dark(#e1e5ea, #323944);
  --ink: light-dark(#1b2027, #e8ebef); --dim: light-dark(#5a6472, #a3adba);
  --good: light-dark(#1f7a4d, #58c48d); --warning: light-dark(#8a5a00, #e2b04a); --bad: light-dark(#b3261e, #ff8a80);
  --quiet: light-dark(#626c79, #8f99a6); --read: light-dark(#2f5fb3, #7fa8f0) }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 3rem }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 } h2 { font-size: 1.05rem; margin: 0 0 .75rem }
header p { color: var(--dim); margin: .35rem 0 1.5rem }
section, .cards > div { background: var(--card); border: 1px solid var(--line); border-radius: 10px }
section { padding: 1.1rem 1.25rem; margin: 0 0 1rem }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; margin: 0 0 1rem }
.cards > div { padding: .9rem 1.1rem } .cards span { color: var(--dim); font-size: .85rem }
.cards b { display: block; font-size: 1.65rem; line-height: 1.3; font-variant-numeric: tabular-nums }
.good { color: var(--good) } .warning { color: var(--warning) } .bad { color: var(--bad) } .quiet { color: var(--quiet) }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th { text-align: left; font-weight: 500; color: var(--dim); font-size: .85rem }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
tr:last-child td { border-bottom: 0 } tfoot td { font-weight: 600; border-top: 1px solid var(--line) }
.n { text-align: right; white-space: nowrap } .t { white-space: nowrap }
td.name { overflow-wrap: anywhere; min-width: 9rem } .n + :not(.n) { padding-left: .75rem } td.reason { min-width: 14rem; color: var(--dim) }
.stack { display: flex; height: 14px; border-radius: 7px; overflow: hidden; background: var(--line); margin: 0 0 1rem; gap: 1px }
.stack i, .bar i { display: block; background: currentColor; min-width: 2px }
.bar { width: 35% } .pair .bar { width: 25% } .bar i { height: 10px; border-radius: 3px; margin-top: .4em } .read { color: var(--read) }
.dot { display: inline-block; width: .65em; height: .65em; border-radius: 50%; background: currentColor; margin-right: .5em }
code { font: .86em ui-monospace, monospace; overflow-wrap: anywhere } footer, .note { color: var(--dim); font-size: .85rem }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1rem; margin: 0 0 1rem }
.pair > section { min-width: 0; margin: 0 }
@media (max-width: 30rem) { .pair { grid-template-columns: 1fr } .bar { display: none } main { padding: 1.25rem .75rem } }
@media print { :root { color-scheme: light } body { background: #fff; font-size: 11px } main { max-width: none; padding: 0 }
  tr, .cards { break-inside: avoid } h2 { break-after: avoid } section, .cards > div { border-color: #bbb }
  * { print-color-adjust: exact } .pair { grid-template-columns: 1fr 1fr } section { padding: .7rem .9rem }
  .scroll { overflow: visible } .cards { grid-template-columns: repeat(4, 1fr) } h1 { font-size: 1.4rem } }
@page { margin: 14mm }
`)

export interface HtmlColumn {
  readonly title: string
  /** Figures stand to the right; texts break anywhere, moments nowhere. */
  readonly kind?: 'figure' | 'name' | 'reason' | 'moment' | 'bar'
}

const CLASSES = { figure: 'n', name: 'name', reason: 'reason', moment: 't', bar: 'bar' } as const

/** A part of a page, under its title. */
export function htmlSection(title: string, ...parts: readonly (Html | undefined)[]): Html {
  return markup`<section><h2>${title}</h2>${parts}</section>\n`
}

/** What stands over everything else: whose, when, and how things stand. */
export function htmlHeader(title: string, facts: readonly string[]): Html {
  return markup`<header><h1>${title}</h1><p>${facts.join(' · ')}</p></header>\n`
}

/** A small remark. */
export function htmlNote(text: string): Html {
  return markup`<p class="note">${text}</p>`
}

/** Words of a weight: good, worth a look, bad. */
export function htmlToned(tone: string, text: string): Html {
  return markup`<span class="${tone}">${text}</span>`
}

/** A table that scrolls by itself where the screen is narrow. */
export function htmlTable(
  columns: readonly HtmlColumn[],
  rows: readonly (readonly (string | Html)[])[],
  footer?: readonly (string | Html)[],
): Html {
  const classOf = (index: number): Html | undefined => {
    const kind = columns[index]?.kind
    return kind && markup` class="${CLASSES[kind]}"`
  }
  const cells = (row: readonly (string | Html)[]): readonly Html[] =>
    row.map((cell, index) => markup`<td${classOf(index)}>${cell}</td>`)
  const titles = columns.map(({ title, kind }) =>
    kind === 'figure' ? markup`<th class="n">${title}</th>` : markup`<th>${title}</th>`,
  )
  const isHeaded = columns.some(({ title }) => title !== '')
  const head = isHeaded ? markup`<thead><tr>${titles}</tr></thead>\n` : undefined
  const foot = footer && markup`<tfoot><tr>${cells(footer)}</tr></tfoot>\n`
  const body = rows.map((row) => markup`<tr>${cells(row)}</tr>\n`)
  return markup`<div class="scroll"><table>\n${head}<tbody>\n${body}</tbody>\n${foot}</table></div>`
}

/** A bar as long as its share of the longest. */
export function htmlBar(share: number, tone: 'good' | 'warning' | 'bad' | 'quiet' | 'read'): Html {
  return markup`<i class="${tone}" style="width:${(share * 100).toFixed(1)}%"></i>`
}

/** One bar of several parts, in proportion. */
export function htmlStack(
  parts: readonly { readonly count: number; readonly tone: string; readonly title: string }[],
): Html {
  const label = parts.map(({ title, count }) => `${title}: ${count}`).join(', ')
  const pieces = parts.map(
    ({ count, tone, title }) =>
      markup`<i class="${tone}" style="flex:${count} 0 0" title="${title}: ${count}"></i>`,
  )
  return markup`<div class="stack" role="img" aria-label="${label}">${pieces}</div>`
}

/** A state with its colour before it. */
export function htmlState(tone: string, word: string): Html {
  return markup`<span class="t"><span class="dot ${tone}"></span>${word}</span>`
}

/** The figures a reader looks for first. */
export function htmlCards(
  cards: readonly {
    readonly title: string
    readonly value: string
    readonly tone?: string
    readonly hint?: string
  }[],
): Html {
  const pieces = cards.map(
    ({ title, value, tone = '', hint = '' }) =>
      markup`<div><span>${title}</span><b class="${tone}">${value}</b><span>${hint}</span></div>\n`,
  )
  return markup`<div class="cards">\n${pieces}</div>\n`
}
