/** What stands in backticks in a Markdown text and looks like a path: has a slash, or ends as our files do. */
export function pathsIn(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```/gm, '')
  const ticked = [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')
  const isPath = (text: string): boolean =>
    /^[\w.][\w.-]*(\/[\w.-]+)*\/?$/.test(text) &&
    (text.includes('/') || /\.(ts|js|json|md|sh|csv|txt)$/.test(text))
  return ticked.filter(isPath)
}

/** Where the relative links of a Markdown text lead, without their `#` parts. */
export function linksIn(markdown: string): readonly string[] {
  const targets = [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '')
  return targets.filter((to) => !/^[a-z]+:|^#/.test(to)).map((to) => to.replace(/#.*/, ''))
}
