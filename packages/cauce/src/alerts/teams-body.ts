import { type AlertMessage, entryTitle, type MessageEntry } from './compose-message.ts'

/** Teams refuses messages above 28 KB; half of it leaves room for names in long alphabets. */
const MOST_BYTES = 20_000

/**
 * The JSON of Teams' webhooks (workflows, and the older connectors): one adaptive card. All text stands in text runs, in which
 * no Markdown is read; in text blocks a file's name could be a link.
 */
export function teamsBody(message: AlertMessage): unknown {
  for (let count = message.shown.length; count > 1; count--) {
    const body = bodyOf(message, count)
    if (Buffer.byteLength(JSON.stringify(body)) <= MOST_BYTES) return body
  }
  return bodyOf(message, 1)
}

function bodyOf({ shown, more, footer, language }: AlertMessage, count: number): unknown {
  const isCut = count < shown.length
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            ...shown.slice(0, count).flatMap((entry) => entryBlocks(entry, entryTitle(entry, language))),
            ...(more === undefined && !isCut ? [] : [block([run(isCut ? '…' : (more ?? ''))])]),
            block([run(footer, { isSubtle: true, size: 'Small' })]),
          ],
        },
      },
    ],
  }
}

function entryBlocks(
  { kind, facts, rows, advice, commands }: MessageEntry,
  title: string,
): readonly unknown[] {
  const colour = kind === 'resolved' ? 'Good' : 'Attention'
  const lines = [...rows.map((row) => `| ${row}`), ...commands]
  return [
    block([run(title, { weight: 'Bolder', color: colour })], { separator: true }),
    ...facts.map(({ label, value }) => block([run(`${label}: `, { isSubtle: true }), run(value)], TIGHT)),
    ...(advice === undefined ? [] : [block([run(advice)])]),
    ...lines.map((line) => block([run(line, { fontType: 'Monospace' })], TIGHT)),
  ]
}

const TIGHT = { spacing: 'None' } as const

function block(inlines: readonly unknown[], more: object = {}): unknown {
  return { type: 'RichTextBlock', inlines, ...more }
}

/** Cards put dates in the place of `{{DATE(…)}}`, wherever it stands. */
function run(text: string, more: object = {}): unknown {
  return { type: 'TextRun', text: text.replace(/\{(?=\{)/g, '{ '), ...more }
}
