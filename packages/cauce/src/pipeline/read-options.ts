/** What can be said of reading any format with typed values. */
export interface ReadOptions {
  /** How the file is packed. Default: found by its first bytes. */
  readonly compression?: 'none' | 'gzip' | 'zstd' | 'zip'
  /** Texts that mean null, unless a column says otherwise. Default: none, for these formats know null. */
  readonly nulls?: readonly string[]
  /** What a column the contract does not know means for the file; only by name. Default `refuse`. */
  readonly unknownColumns?: 'refuse' | 'ignore'
}
