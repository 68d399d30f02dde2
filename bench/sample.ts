/** What one run of one thing came to. */
export interface Sample {
  readonly name: string
  readonly files: number
  readonly rows: number
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly serverCpuSeconds: number
  readonly peakRssMb: number
  /** Only known of what we measured ourselves. */
  readonly peakPssMb: number | undefined
  readonly foreignShare: number
  /** `identical`: checksums over every row and column agree; `counts agree`: rows loaded and rejected do; else what is wrong. */
  readonly output: string
}
