/** What a replay counts, whatever the format: lines = events + ignored + parseErrors, events = stateRejected + ledgerApplied. */
export interface ReplayCounts {
  /** Records that were found, readable or not. */
  readonly lines: number
  /** Records that tell of something that the state is about. */
  readonly events: number
  /** Records that tell of nothing that the state needs. */
  readonly ignored: number
  /** Places at which a record could not be read. */
  readonly parseErrors: number
  /** Events that the state did not take in, though they tell of something that it does not hold. */
  readonly stateRejected: number
  readonly ledgerApplied: number
}

/** The one line of a replay, in the form that those who read it by program expect. */
export function summaryLine(path: string, counts: ReplayCounts): string {
  const { lines, events, ignored, parseErrors, stateRejected, ledgerApplied } = counts
  return (
    `WAL replay completed path=${path} lines=${lines} events=${events} ignored=${ignored} ` +
    `parse_errors=${parseErrors} state_rejected=${stateRejected} ledger_applied=${ledgerApplied}`
  )
}
