import type { Language } from '../../model/language.ts'
import { html, Html } from './html.ts'

/**
 * A whole page in one file: no script, nothing from elsewhere, and a policy that says so; light and dark as the reader's system
 * is, ink on paper when printed.
 */
export function htmlPage(
  { title, language, foot }: { readonly title: string; readonly language: Language; readonly foot: string },
  body: readonly Html[],
): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          ${body}
          <footer>${foot}</footer>
        </main>
      </body>
    </html> `.markup
}

const STYLE = new Html(`
:root { color-scheme: light dark;
  --page: light-dark(#f6f7f9, #14171c); --card: light-dark(#ffffff, #1d2128); --line: light-dark(#e1e5ea, #323944);
  --ink: light-dark(#1b2027, #e8ebef); --dim: light-dark(#5a6472, #a3adba);
  --good: light-dark(#1f7a4d, #58c48d); --warning: light-dark(#8a5a00, #e2b04a); --bad: light-dark(#b3261e, #ff8a80);
  --quiet: light-dark(#77818e, #8a94a1); --read: light-dark(#2f5fb3, #7fa8f0) }
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
td.name { overflow-wrap: anywhere; min-width: 9rem } td.reason { min-width: 14rem; color: var(--dim) }
.stack { display: flex; height: 14px; border-radius: 7px; overflow: hidden; background: var(--line); margin: 0 0 1rem; gap: 1px }
.stack i, .bar i { display: block; background: currentColor; min-width: 2px }
.bar { width: 40% } .bar i { height: 10px; border-radius: 3px; margin-top: .4em } .bar.read { color: var(--read) }
.dot { display: inline-block; width: .65em; height: .65em; border-radius: 50%; background: currentColor; margin-right: .5em }
code { font: .86em ui-monospace, monospace; overflow-wrap: anywhere } footer, .note { color: var(--dim); font-size: .85rem }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1rem } .pair > section { min-width: 0 }
@media (max-width: 30rem) { .pair { grid-template-columns: 1fr } .bar { width: 25% } main { padding: 1.25rem .75rem } }
@media print { :root { color-scheme: light } body { background: #fff; font-size: 11px } main { max-width: none; padding: 0 }
  section, .cards > div { break-inside: avoid; border-color: #bbb } * { print-color-adjust: exact }
  .scroll { overflow: visible } .cards { grid-template-columns: repeat(4, 1fr) } h1 { font-size: 1.4rem } }
@page { margin: 14mm }
`)

export interface HtmlColumn {
  readonly title: string
  /** Figures stand to the right; texts break anywhere, moments nowhere. */
  readonly kind?: 'figure' | 'name' | 'reason' | 'moment' | 'bar'
}

const CLASSES = { figure: 'n', name: 'name', reason: 'reason', moment: 't', bar: 'bar' } as const

/** A table that scrolls by itself where the screen is narrow. */
export function htmlTable(
  columns: readonly HtmlColumn[],
  rows: readonly (readonly (string | Html)[])[],
  footer?: readonly (string | Html)[],
): Html {
  const classOf = (index: number): Html => {
    const kind = columns[index]?.kind
    return kind === undefined ? html`` : html` class="${CLASSES[kind]}"`
  }
  const cells = (row: readonly (string | Html)[]): readonly Html[] =>
    row.map((cell, index) => html`<td${classOf(index)}>${cell}</td>`)
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${columns.map(({ title, kind }) => html`<th${kind === 'figure' ? html` class="n"` : undefined}>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${cells(row)}
            </tr> `,
        )}
      </tbody>
      ${
        footer === undefined
          ? undefined
          : html`<tfoot>
              <tr>
                ${cells(footer)}
              </tr>
            </tfoot> `
      }
    </table>
  </div>`
}

/** A bar as long as its share of the longest. */
export function htmlBar(share: number, tone: 'good' | 'warning' | 'bad' | 'quiet' | 'read'): Html {
  return html`<i class="${tone}" style="width:${(share * 100).toFixed(1)}%"></i>`
}

/** One bar of several parts, in proportion. */
export function htmlStack(
  parts: readonly { readonly count: number; readonly tone: string; readonly title: string }[],
): Html {
  return html`<div
    class="stack"
    role="img"
    aria-label="${parts.map(({ title, count }) => `${title}: ${count}`).join(', ')}"
  >
    ${parts.map(
      ({ count, tone, title }) =>
        html`<i class="${tone}" style="flex:${count} 0 0" title="${title}: ${count}"></i>`,
    )}
  </div>`
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
  return html`<div class="cards">
    ${cards.map(
      ({ title, value, tone = '', hint = '' }) =>
        html`<div><span>${title}</span><b class="${tone}">${value}</b><span>${hint}</span></div> `,
    )}
  </div> `
}
