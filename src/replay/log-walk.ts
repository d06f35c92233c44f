import { CODEC_SETTING_BIGINT64 } from '../format/index.ts'
import { PLACES_MAX } from '../read/chunk-survey.ts'
import { reportDamage } from '../read/segment-reader.ts'
import { judgeSurvey, type SegmentSurvey } from '../read/segment-survey.ts'
import type { DamagedPlace } from '../read/segment-walk.ts'
import { behindOf } from '../read/survey-file.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { ChunkJoin, type ChunkTask } from '../verify/survey-plan.ts'
import { CheckAhead } from './check-ahead.ts'
import type { CheckedChunk } from './check-chunk.ts'
import { LOST_RANGES_MAX, type LostLsns } from './frame-sorter.ts'
import type { ReplayPlan } from './replay-options.ts'
import { bytesOfTask, planLastSegment, planSegment, type SegmentPlan } from './segment-plan.ts'
import type { SessionGroup } from './session-group.ts'

/** Walks over the segments of a log in order: joins the chunks that the threads check, and hands out their frames. */
export class LogWalk {
  /** Those that were read, and what was found in them; of their damage, what the replay's bounds leave. */
  readonly segments: StoredSegment[] = []
  readonly surveys: SegmentSurvey[] = []
  readonly lost: LostLsns[] = []
  chunks = 0
  rescanned = 0
  /** LSN behind all that came before. */
  floor = 1
  private readonly group: SessionGroup
  private readonly plan: ReplayPlan
  private readonly inFlightMax: number
  private readonly onDone: (bytes: number) => void
  /** Damaged places kept. */
  private places = 0

  /**
   * @param inFlightMax chunks that may be checked or waiting, besides one that is checked again
   * @param onDone told of every chunk's bytes when its records are applied
   */
  constructor(group: SessionGroup, plan: ReplayPlan, inFlightMax: number, onDone: (bytes: number) => void) {
    this.group = group
    this.plan = plan
    this.inFlightMax = inFlightMax
    this.onDone = onDone
  }

  /** @throws ERR_RINGWAL_DAMAGED at the first damage, under `stop`; whatever fails in a thread */
  async walk(segments: readonly StoredSegment[]): Promise<void> {
    const { chunkBytes, read } = this.plan
    const ahead = new CheckAhead(segments, chunkBytes, (task, end) => this.group.check(task, end))
    for (const [i, listed] of segments.entries()) {
      const segment = behindOf(this.floor, listed)
      if (segment.header.firstLsn > read.to) return
      const plan = await this.planOf(segment)
      if (segment !== listed || segment.isLast) await this.dropAll(ahead.beginAnew(i, plan))
      await this.walkSegment(plan, ahead)
      this.segments.push(listed)
    }
  }

  private async planOf(segment: StoredSegment): Promise<SegmentPlan> {
    const { chunkBytes } = this.plan
    if (!segment.isLast) return planSegment(segment, chunkBytes)
    return planLastSegment(segment, await this.group.survey(segment), chunkBytes)
  }

  /** Memory is bounded: before more is begun, what was begun in vain has to be there and gone. */
  private async dropAll(begun: readonly Promise<CheckedChunk>[]): Promise<void> {
    for (const result of await Promise.allSettled(begun))
      if (result.status === 'fulfilled') this.group.drop(result.value)
  }

  private async walkSegment(plan: SegmentPlan, ahead: CheckAhead): Promise<void> {
    const { group, inFlightMax } = this
    const { segment, end } = plan
    const again: CheckedChunk[] = []
    const join = new ChunkJoin(async (task) => {
      this.rescanned++
      again.push(await group.check(task, end))
      return again[0]!
    })
    const isStopping = this.plan.onDamage === 'stop'
    let places = 0
    for (const task of plan.tasks) {
      await group.room(inFlightMax)
      const checked = await ahead.next(inFlightMax - group.chunksUnapplied)
      group.throwIfFailed()
      const before = join.survey
      await join.add(task, checked)
      this.chunks++
      const counts = join.survey === before ? undefined : (again.pop() ?? checked)
      if (counts !== checked) group.drop(checked)
      const damaged = join.survey.places.slice(places).find((place) => this.counts(place, end))
      places = join.survey.places.length
      this.handOut(counts, segment, task, isStopping ? damaged?.firstLost : undefined)
      if (isStopping && damaged !== undefined) reportDamage({ ...this.plan.read, onDamage: 'stop' }, damaged.damage)
    }
    this.conclude(plan, join)
  }

  /**
   * @param checked undefined if the chunk is part of one before it
   * @param ceiling LSN from which on nothing is to be applied any more, as damage ends the replay there: what is wrong before
   *   it is still found, and told instead
   */
  private handOut(
    checked: CheckedChunk | undefined,
    segment: StoredSegment,
    task: ChunkTask,
    ceiling: number = Number.MAX_SAFE_INTEGER,
  ): void {
    const onApplied = (): void => this.onDone(bytesOfTask(task))
    this.lost.push(...(checked?.lost ?? []).slice(0, LOST_RANGES_MAX - this.lost.length))
    const useBigInt64 = (segment.header.codecSettings & CODEC_SETTING_BIGINT64) !== 0
    const origin = { segment: segment.name, useBigInt64, ceiling }
    this.group.apply(checked ?? NO_FRAMES, origin, onApplied)
  }

  /** Whether a reader with the same bounds tells of a place. */
  private counts({ damage: { offset, lostTo }, firstLost }: DamagedPlace, end: number): boolean {
    const { from, to } = this.plan.read
    const isBefore = lostTo !== 0 && lostTo < Math.max(from, this.floor)
    return offset < end && firstLost <= to && !isBefore
  }

  private conclude({ segment, end, survey }: SegmentPlan, join: ChunkJoin): void {
    const judged = judgeSurvey(segment, join.survey)
    const leftOut = new Set(
      join.survey.places.filter((place) => !this.counts(place, end)).map(({ damage }) => damage.offset),
    )
    const all = judged.damage.filter(({ offset }) => !leftOut.has(offset))
    const damage = all.slice(0, PLACES_MAX - this.places)
    this.places += damage.length
    const omitted = judged.omitted + all.length - damage.length
    // Where a last segment ends was found out before: a live writer may have gone on since.
    const found = { ...(survey ?? judged), damage, omitted }
    this.surveys.push(found)
    this.floor = Math.max(this.floor, found.nextLsn)
  }
}

const NO_FRAMES: CheckedChunk = { start: undefined, survey: undefined, frames: [], lost: [] }
