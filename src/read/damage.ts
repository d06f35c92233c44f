/** Kinds of damage; the words are those of the format document. */
export type DamageClass =
  | 'payload'
  | 'header'
  | 'length'
  | 'zeros'
  | 'gap'
  | 'stale'
  | 'truncated'
  | 'segment-header'
  | 'missing-segment'
  | 'duplicate-segment'
  | 'foreign'
  | 'not-a-file'
  | 'unreadable'

/** A place that does not verify, and what it costs. */
export interface Damage {
  /** File name of the segment. */
  readonly segment: string
  readonly offset: number
  readonly bytes: number
  readonly class: DamageClass
  /** LSNs lost there, both 0 if none is known to be. `lostTo` is 0 too where the end can not be known. */
  readonly lostFrom: number
  readonly lostTo: number
}

/** An unfinished end that nobody was told is durable. Information, not an error. */
export interface TornTail {
  readonly segment: string
  readonly offset: number
  /** Bytes from there to the end of the file's written part that are cut. */
  readonly bytes: number
  /** Records in those bytes that verify by themselves and are cut with the rest. */
  readonly records: number
  /** First LSN that is cut. */
  readonly fromLsn: number
}

/** One line that says what and where, for messages. */
export function describeDamage(damage: Damage): string {
  const where = `${damage.segment} offset ${damage.offset}, ${damage.bytes} bytes`
  if (damage.lostFrom === 0) return `${damage.class} damage at ${where}`
  const to = damage.lostTo === 0 ? '?' : damage.lostTo
  const lost = damage.lostFrom === damage.lostTo ? `LSN ${damage.lostFrom}` : `LSN ${damage.lostFrom} to ${to}`
  return `${damage.class} damage at ${where}: ${lost} lost`
}
