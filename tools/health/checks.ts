import { describeDamage } from '../../src/read/damage.ts'
import type { LockState } from '../../src/storage/directory-lock.ts'
import { countExtraFiles, describeExtraFiles } from '../support/extra-files.ts'
import { formatBytes, plural } from '../support/format.ts'
import { describeWriter } from '../support/lock.ts'
import { type Check, fail, ok, warn } from './check.ts'
import { checkpointCheck } from './checkpoint-check.ts'
import type { LogLook } from './look.ts'

/** What makes a log unhealthy besides what always does. */
export interface Thresholds {
  /** Undefined: room for one more segment. */
  readonly minFreeBytes: number | undefined
  /** Undefined: a log needs no checkpoint. */
  readonly maxCheckpointAgeMs: number | undefined
  readonly requireWriter: boolean
}

/** A lock, or why it can not be looked at. */
export type LockLook = LockState | { readonly state: 'unknown'; readonly reason: string }

/** Every check, in the order in which they are told. @param nowMs since the Unix epoch */
export function checksOf(look: LogLook, lock: LockLook, thresholds: Thresholds, nowMs: number): readonly Check[] {
  return [
    ok('directory', `${plural(look.names.length, 'file')}, ${formatBytes(look.bytesOnDisk)} on disk`),
    segmentsCheck(look),
    tailCheck(look),
    lockCheck(lock, thresholds.requireWriter),
    diskCheck(look, thresholds.minFreeBytes),
    checkpointCheck(look, thresholds.maxCheckpointAgeMs, nowMs),
    filesCheck(look),
  ]
}

function segmentsCheck({ listing: { segments, problems }, lastLsn }: LogLook): Check {
  const [problem] = problems
  if (problem !== undefined) {
    const more = problems.length === 1 ? '' : `, and ${plural(problems.length - 1, 'more problem')}`
    return fail('segments', `${problem.class}: ${problem.file}: ${problem.message}${more}; run: ringwal verify`)
  }
  const [first] = segments
  if (first === undefined) return ok('segments', 'none yet')
  const hurt = segments.filter(({ headerDamage }) => headerDamage.length > 0)
  if (hurt.length > 0) {
    const [{ name }] = hurt as [(typeof hurt)[0]]
    return warn('segments', `the header of ${name} is damaged and its other copy serves (${hurt.length} such)`)
  }
  const range = lastLsn < first.header.firstLsn ? 'no records' : `LSN ${first.header.firstLsn} to ${lastLsn}`
  return ok('segments', `${plural(segments.length, 'segment')}, ${range}`)
}

/** The end of the log. What a crash leaves there is no damage. */
function tailCheck({ newest, listing, lastLsn }: LogLook): Check {
  const name = listing.segments.at(-1)?.name
  if (newest === undefined || name === undefined) return ok('tail', 'no segment was begun')
  // A header's lost copy is told by the check of the segments.
  const damage = newest.damage.filter((place) => place.class !== 'segment-header' || place.lostFrom > 0)
  const [first] = damage
  if (first !== undefined) {
    const more = damage.length === 1 ? '' : `, and ${plural(damage.length - 1 + newest.damageOmitted, 'more place')}`
    return fail('tail', `${describeDamage(first)}${more}; run: ringwal verify`)
  }
  const end = `${name} ends at LSN ${lastLsn}, of which ${newest.durableLsn} is proven durable`
  const { tornTail } = newest
  if (tornTail === null) return ok('tail', end)
  const what = tornTail.stale ? 'bytes of a former segment behind it' : 'a torn tail behind it, never told durable'
  return ok('tail', `${end}; ${formatBytes(tornTail.bytes)} of ${what}`)
}

function lockCheck(lock: LockLook, requireWriter: boolean): Check {
  if (lock.state === 'held') return ok('lock', `held by ${describeWriter(lock)}`)
  if (lock.state === 'unknown') return (requireWriter ? fail : warn)('lock', `can not be looked at: ${lock.reason}`)
  if (lock.state === 'free') return requireWriter ? fail('lock', 'no writer has the log open') : ok('lock', 'no writer')
  const message = 'its writer died, and left its lock; the next opening takes it over'
  return requireWriter ? fail('lock', message) : warn('lock', message)
}

function diskCheck({ freeBytes, listing }: LogLook, minFreeBytes: number | undefined): Check {
  // A closed log's last segment is cut to what it holds: the largest file has the size that the next one will have.
  const segmentBytes = [...listing.segments, ...listing.leftovers].reduce((most, { size }) => Math.max(most, size), 0)
  const free = `${formatBytes(freeBytes)} free`
  if (minFreeBytes !== undefined) {
    const least = formatBytes(minFreeBytes)
    return freeBytes < minFreeBytes
      ? fail('disk', `${free}, less than ${least}`)
      : ok('disk', `${free}, at least ${least}`)
  }
  const size = formatBytes(segmentBytes)
  if (freeBytes < segmentBytes) return fail('disk', `${free}: no room for a segment of ${size}`)
  if (freeBytes < 2 * segmentBytes) return warn('disk', `${free}: room for one segment of ${size}, and for no other`)
  return ok('disk', `${free}; a segment takes ${size}`)
}

function filesCheck({ names, listing }: LogLook): Check {
  return ok('files', describeExtraFiles(countExtraFiles(names), listing.leftovers.length))
}
