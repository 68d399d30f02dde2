/** Files a closed day is written to, each beside its place first. */
export const DAY_FILES = /^(?:backup_\d{8}\.zip|report_\d{8}\.(?:md|html|json))$/
