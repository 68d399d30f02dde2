/** How copied rows meet those that are in the table. */
export const COPY_MODES = ['append', 'replace', 'upsert'] as const
export type CopyMode = (typeof COPY_MODES)[number]
