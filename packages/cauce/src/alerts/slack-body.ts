import { type AlertMessage, entryTitle, type MessageEntry } from './compose-message.ts'

/** A section of Slack holds 3,000 characters and a message 50 blocks; more is refused as a whole. */
const SECTION_LENGTH = 2_900

/**
 * The JSON of Slack's incoming webhooks. Everything stands in `plain_text`, in which Slack reads no markup; only the line for
 * notifications is read, so that what would be markup in it is escaped.
 */
export function slackBody({ subject, shown, more, footer, language }: AlertMessage): unknown {
  return {
    text: escapeMarkup(subject),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      ...shown.map((entry) => section(entryText(entry, entryTitle(entry, language)))),
      ...(more === undefined ? [] : [section(more)]),
      { type: 'context', elements: [plain(footer)] },
    ],
  }
}

function section(text: string): unknown {
  return { type: 'section', text: plain(text) }
}

function plain(text: string): unknown {
  return { type: 'plain_text', text: cut(text), emoji: false }
}

function entryText({ kind, facts, rows, advice, commands }: MessageEntry, title: string): string {
  return [
    `${kind === 'resolved' ? '✔' : '✖'} ${title}`,
    ...facts.map(({ label, value }) => `${label}: ${value}`),
    ...rows.map((row) => `| ${row}`),
    ...(advice === undefined ? [] : [advice]),
    ...commands.map((command) => `  ${command}`),
  ].join('\n')
}

function cut(text: string): string {
  return text.length <= SECTION_LENGTH ? text : `${text.slice(0, SECTION_LENGTH).toWellFormed()}…`
}

/** Slack's three characters of markup (`<!channel>` would ring everybody). */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
