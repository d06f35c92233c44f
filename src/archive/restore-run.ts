import { RingwalError } from '../errors.ts'
import { END_OF_TIME } from '../read/record-filter.ts'
import type { StagingDirectory } from '../storage/staging-directory.ts'
import { parseObjectName } from './archive-names.ts'
import type { RestorePorts } from './archive-ports.ts'
import type { ArchiveTarget } from './archive-target.ts'
import { type ArchiveProblem, type Catalog, isProblem, reasonOf } from './catalog.ts'
import type { RestorePlaces } from './put-in-place.ts'
import {
  cutLog,
  partReader,
  type ReadPart,
  requireWhole,
  unusableObject,
  writeCheckpoints,
  writeSegments,
} from './restore-files.ts'
import type { RestoreRequest } from './restore-options.ts'
import { choosePlan, type PlainTarget, type RestorePlan } from './restore-plan.ts'
import { type RestoreReport, reachOf } from './restore-report.ts'
import { tryLog } from './try-log.ts'

/** Plans, of which the best that can be carried out is: what turns out to be of no use is passed over. */
export class RestoreRun {
  private readonly ports: RestorePorts
  private readonly catalog: Catalog
  private readonly request: RestoreRequest
  private readonly archive: ArchiveTarget
  private readonly target: PlainTarget
  private readonly problems: ArchiveProblem[]
  private readonly unusable = { backups: new Set<number>(), objects: new Set<string>() }

  constructor(
    ports: RestorePorts,
    archive: ArchiveTarget,
    catalog: Catalog,
    request: RestoreRequest,
    target: PlainTarget,
  ) {
    this.ports = ports
    this.archive = archive
    this.catalog = catalog
    this.request = request
    this.target = target
    this.problems = []
    for (const problem of catalog.problems) this.passOver(problem)
  }

  /** Plan after plan, until one can be carried out. @param staging undefined to write nothing, and only tell */
  async tryAll(staging: StagingDirectory | undefined, places: RestorePlaces): Promise<RestoreReport> {
    for (;;) {
      const plan = choosePlan(this.catalog.manifests, this.target, this.unusable)
      if (plan === undefined) throw this.nothingThere()
      this.requireLsn(plan)
      try {
        const report = await this.carryOut(plan, staging, places)
        if (report !== undefined) return report
        // All of it is behind the target: a batch that is left out, or times that run backward. An older one may reach back.
        this.unusable.backups.add(plan.backups[0]!.sequence)
        staging?.clear()
      } catch (error) {
        const object = unusableObject(error)
        if (object === undefined || !isProblem(error)) throw error
        this.passOver({ object, reason: reasonOf(error, object), ...backupOf(object) })
        staging?.clear()
      }
    }
  }

  private async carryOut(
    plan: RestorePlan,
    staging: StagingDirectory | undefined,
    places: RestorePlaces,
  ): Promise<RestoreReport | undefined> {
    const { ports, target, request } = this
    const read = this.reader(plan)
    const facts = this.facts(plan, places)
    const limit = { lsn: this.lsnMax(plan), time: target.kind === 'time' ? target.time : END_OF_TIME }
    if (staging === undefined) {
      const end = await tryLog(ports, plan.parts, read, limit)
      if (end !== undefined && end.lsn < plan.firstLsn) return undefined
      return { ...facts, ...reachOf(end), checkpoints: [], validated: false }
    }
    await writeSegments(ports, plan.parts, read, staging)
    const end = cutLog(ports, staging.path, limit)
    if (end.lsn < plan.firstLsn) return undefined
    const checkpoints = plan.checkpoints.filter(({ lsn }) => lsn <= end.lsn)
    const names = await writeCheckpoints(ports, checkpoints, facts.logId, read, staging, (object, error) =>
      this.passOver({ object, reason: reasonOf(error, object), ...backupOf(object) }),
    )
    staging.sync()
    if (request.validate) {
      requireWhole(ports, staging.path, plan.firstLsn, end.lsn)
      await request.inspect(staging.path, plan.firstLsn)
    }
    const complete = plan.firstLsn === 1 || names.length > 0
    return { ...facts, ...reachOf(end), complete, checkpoints: names, validated: request.validate }
  }

  private facts(
    { backups, parts, firstLsn, isComplete, isWithin }: RestorePlan,
    { output, originals }: RestorePlaces,
  ): Omit<RestoreReport, 'lastLsn' | 'lastTime' | 'cutsBatch' | 'checkpoints' | 'validated'> {
    return {
      archive: this.archive.name,
      output,
      originals: originals ?? null,
      dryRun: this.request.dryRun,
      logId: backups[0]!.logId,
      backups: backups.map(({ id }) => id),
      firstLsn,
      reached: isWithin || !this.isShort(backups.at(-1)!.end.lsn),
      complete: isComplete,
      objects: parts.length,
      bytes: parts.reduce((total, { storedBytes }) => total + storedBytes, 0),
      problems: this.problems,
    }
  }

  /** Whether the archive says, or may have said, that it has more than could be used. */
  private isShort(lsn: number): boolean {
    const { manifests } = this.catalog
    const newest = this.unusable.backups.size === 0 ? 0 : Math.max(...this.unusable.backups)
    return manifests.some(({ end }) => end.lsn > lsn) || newest > (manifests.at(-1)?.sequence ?? 0)
  }

  private lsnMax({ endLsn }: RestorePlan): number {
    return this.target.kind === 'lsn' ? Math.min(this.target.lsn, endLsn) : endLsn
  }

  private reader({ parts }: RestorePlan): ReadPart {
    const read = partReader(this.archive)
    const { onProgress } = this.request
    const total = parts.reduce((bytes, part) => bytes + part.bytes, 0)
    let done = 0
    return async function* (entry) {
      for await (const piece of read(entry)) {
        yield piece
        if (entry.kind === 'checkpoint') continue
        done += piece.length
        onProgress(done, total)
      }
    }
  }

  private passOver(problem: ArchiveProblem): void {
    this.problems.push(problem)
    const { object, backup } = problem
    if (parseObjectName(object)?.kind === 'checkpoint') this.unusable.objects.add(object)
    else if (backup !== undefined) this.unusable.backups.add(backup)
  }

  /** Who asks for an LSN that the archive never came to is told so; one that it had, and that is lost, is come near to. */
  private requireLsn({ endLsn }: RestorePlan): void {
    const { target, catalog } = this
    if (target.kind !== 'lsn' || endLsn >= target.lsn || this.problems.length > 0) return
    const last = catalog.manifests.reduce((lsn, { end }) => Math.max(lsn, end.lsn), 0)
    if (last < target.lsn) throw this.notFound(`${this.archive.name} ends with LSN ${last}`)
  }

  private nothingThere(): RingwalError {
    const where = { end: '', lsn: ' back to that LSN', time: ' back to that time' }[this.target.kind]
    const [first] = this.problems
    const why = first === undefined ? '' : `; ${first.object}: ${first.reason}`
    return this.notFound(`nothing in ${this.archive.name} that can be used reaches${where}${why}`)
  }

  private notFound(message: string): RingwalError {
    return new RingwalError('ERR_RINGWAL_NOT_FOUND', message, { archive: this.archive.name, problems: this.problems })
  }
}

function backupOf(object: string): { readonly backup?: number } {
  const sequence = parseObjectName(object)?.sequence
  return sequence === undefined ? {} : { backup: sequence }
}
