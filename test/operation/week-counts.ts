/** What was met in a week. */
export class WeekCounts {
  lives = 0
  closes = 0
  /** By what was being done, and the call that was not carried out. */
  readonly deaths: Map<string, number> = new Map()
  /** Segments that retention took away. */
  retired = 0
  checkpoints = 0
  backups = 0
  archiveFailures = 0
  /** Appends that were refused at the cap. */
  refused = 0
  /** Most bytes that there were of segments, with files for more, beyond the limit; negative below it. */
  overBytes: number = Number.NEGATIVE_INFINITY
  /** Most bytes that there were of files that recoveries set aside. */
  setAsideBytes = 0

  noteDeath(place: string): void {
    this.deaths.set(place, (this.deaths.get(place) ?? 0) + 1)
  }

  noteSpace(overBytes: number, setAsideBytes: number): void {
    this.overBytes = Math.max(this.overBytes, overBytes)
    this.setAsideBytes = Math.max(this.setAsideBytes, setAsideBytes)
  }
}
