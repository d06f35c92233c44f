import type { HeaderDamage } from '../storage/header-damage.ts'
import type { SegmentProblem } from '../storage/segment-problem.ts'

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
  /** 16 hexadecimal digits: the check that the frame there carries, and the one that its bytes have. Null where no whole one can stand. */
  readonly expectedCheck: string | null
  readonly actualCheck: string | null
  /** Whether a sync mark, an end frame or a later segment proves that what stood there was durable. */
  readonly acknowledged: boolean
  /** The one bit (0 is the lowest) that makes the frame there verify when it is flipped back; null if none does, or several do. */
  readonly singleBit: { readonly offset: number; readonly bit: number } | null
}

/** An unfinished end that nobody was told is durable. Information, not an error. */
export interface TornTail {
  readonly class: 'torn-tail'
  readonly segment: string
  readonly offset: number
  /** Bytes from there to the end of the file's written part that are cut. */
  readonly bytes: number
  /** Records in those bytes that verify by themselves and are cut with the rest. */
  readonly records: number
  /** First LSN that is cut. */
  readonly fromLsn: number
  readonly acknowledged: false
  /**
   * Whether nothing in it is of this segment, as far as can be told: what a recycled file held in its former life stands
   * behind the last record of every log that was not closed, and tells of no record that was lost.
   */
  readonly stale: boolean
  /** As for damage. A write that was torn leaves more behind than one wrong bit: where there is one, the disk is to blame. */
  readonly singleBit: Damage['singleBit']
}

/** A place and its cost, for damage that no frame tells more of. */
export function plainDamage(
  kind: DamageClass,
  segment: string,
  offset: number,
  bytes: number,
  lostFrom: number,
  lostTo: number,
): Damage {
  const nothingMore = { expectedCheck: null, actualCheck: null, singleBit: null }
  return { segment, offset, bytes, class: kind, lostFrom, lostTo, acknowledged: true, ...nothingMore }
}

/** A problem of the directory as damage: what reports and handlers are told. */
export function damageOfProblem({ class: kind, file, offset, lostFrom, lostTo }: SegmentProblem): Damage {
  return plainDamage(kind, file, offset, 0, lostFrom, lostTo)
}

/** What is wrong with a header page of which enough is left. It costs nothing yet. */
export function damageOfHeader(segment: string, { offset, bytes, checks, singleBit }: HeaderDamage): Damage {
  const damage = plainDamage('segment-header', segment, offset, bytes, 0, 0)
  return { ...damage, ...checkTexts(checks), singleBit }
}

export function checkTexts(
  checks: { readonly carried: bigint; readonly computed: bigint } | undefined,
): Pick<Damage, 'expectedCheck' | 'actualCheck'> {
  if (checks === undefined) return { expectedCheck: null, actualCheck: null }
  return { expectedCheck: hex64(checks.carried), actualCheck: hex64(checks.computed) }
}

function hex64(value: bigint): string {
  return value.toString(16).padStart(16, '0')
}

/** One line that says what and where, for messages. */
export function describeDamage(damage: Damage): string {
  const where = `${damage.segment} offset ${damage.offset}, ${damage.bytes} bytes`
  const bit = damage.singleBit
  const repair = bit === null ? '' : `; bit ${bit.bit} at offset ${bit.offset} was flipped`
  if (damage.lostFrom === 0) return `${damage.class} damage at ${where}${repair}`
  const to = damage.lostTo === 0 ? '?' : damage.lostTo
  const lost = damage.lostFrom === damage.lostTo ? `LSN ${damage.lostFrom}` : `LSN ${damage.lostFrom} to ${to}`
  return `${damage.class} damage at ${where}: ${lost} lost${repair}`
}
