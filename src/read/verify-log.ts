import type { StoredSegment } from '../storage/segment-directory.ts'
import type { Damage, TornTail } from './damage.ts'
import { createReadPorts, viewLog } from './log-view.ts'
import { damageOfProblem, surveyFile } from './read-log.ts'

/** What `verifyLog` found. Names are those of `ringwal verify --json`. */
export interface VerifyReport {
  /** No damage. A torn tail is none. */
  readonly ok: boolean
  readonly segments: number
  /** Records that verify and count. */
  readonly records: number
  /** 0 both for a log without records. */
  readonly firstLsn: number
  readonly lastLsn: number
  /** Highest LSN that the files prove was durable. */
  readonly durableLsn: number
  /** Bytes read. */
  readonly bytes: number
  readonly damage: readonly Damage[]
  readonly tornTail: TornTail | null
}

export interface VerifyOptions {
  /** Told now and then how many bytes of how many have been read. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void
}

/** Checks every header, link and frame of a log, or of one segment file. Takes no lock and writes nothing. */
export async function verifyLog(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const ports = await createReadPorts()
  const { segments, problems } = viewLog(ports, path)
  const total = segments.reduce((sum, segment) => sum + segment.end, 0)
  const damage: Damage[] = problems.map(damageOfProblem)
  for (const segment of segments) damage.push(...headerDamage(segment))
  let records = 0
  let bytes = 0
  let tornTail: TornTail | null = null
  let durableLsn = segments.at(-1)?.header.previous.lastLsn ?? 0
  let lastLsn = 0
  for (const segment of segments) {
    const done = bytes
    const survey = surveyFile(ports, segment, (offset) => options.onProgress?.(done + offset, total))
    await new Promise((resolve) => setImmediate(resolve))
    damage.push(...survey.damage)
    records += survey.records
    bytes += segment.end
    tornTail = survey.tornTail ?? null
    durableLsn = Math.max(durableLsn, survey.mark)
    lastLsn = survey.nextLsn - 1
  }
  const first = segments[0]?.header.firstLsn ?? 0
  const firstLsn = lastLsn >= first ? first : 0
  const ok = damage.length === 0
  return {
    ok,
    segments: segments.length,
    records,
    firstLsn,
    lastLsn: firstLsn && lastLsn,
    durableLsn,
    bytes,
    damage,
    tornTail,
  }
}

/** One copy of a header gone, or bytes where zeros must stand: nothing is lost yet, but it is damage. */
function headerDamage(segment: StoredSegment): Damage[] {
  const { page, name } = segment
  const places: number[] = []
  if (page.copyA !== 'good') places.push(0)
  if (page.copyB !== 'good') places.push(2048)
  if (!page.restIsZero) places.push(128)
  return places.map((offset) => ({
    segment: name,
    offset,
    bytes: 128,
    class: 'segment-header',
    lostFrom: 0,
    lostTo: 0,
  }))
}
