import type { ArchiveReport, LsnGap } from '../archive/archive-log.ts'
import type { BackupSummary } from '../archive/catalog.ts'
import { errorToRecord, RingwalError } from '../errors.ts'
import type { ArchiveEvent } from './archive-events.ts'
import { Circuit } from './circuit.ts'
import type { Timers } from './timers.ts'

/** The open log, as its archivist sees it. */
export interface ArchivedLog {
  /** Highest LSN known durable. */
  durable(): number
  /** How many segments the log has begun since it was opened. */
  segments(): number
  /** Changes when a checkpoint comes or goes. @throws ERR_RINGWAL_IO */
  checkpoints(): string
  /** Every record up to an LSN is in the archive, and the log need not keep it for that any more. */
  noteArchived(lsn: number): void
}

/** What one run is to store, and whom it tells on its way. */
export interface RunOrder {
  readonly sealedOnly: boolean
  readonly durableLsn: number
  readonly onBackup: (backup: BackupSummary) => void
  readonly onGap: (gap: LsnGap) => void
}

export interface ArchivistPorts {
  readonly log: ArchivedLog
  readonly timers: Timers
  /** From 0 to below 1. */
  readonly random: () => number
  /** Archives. It ends by itself when the target hangs. */
  readonly archive: (order: RunOrder) => Promise<ArchiveReport>
  readonly tell: (event: ArchiveEvent) => void
}

export interface ArchivistSettings {
  readonly everyMs: number
}

/** How often it looks whether a segment was sealed: nobody wakes it, so that rotation costs the writer nothing. */
export const LOOK_MS = 250
/** Who was overtaken by retiring, or by another archiver, begins anew so often before that counts as a failure. */
const ATTEMPTS_MAX = 3
const OVERTAKEN: readonly string[] = ['ERR_RINGWAL_RETIRED', 'ERR_RINGWAL_FENCED']

/**
 * Archives an open log: sealed segments when there are any, and from time to time all that is durable. One run at a time; after
 * one that failed it waits, and what it owes is not forgotten.
 */
export class Archivist {
  private readonly ports: ArchivistPorts
  private readonly settings: ArchivistSettings
  private readonly circuit: Circuit
  /** When all that is durable is to be archived again; at once, as what the archive has is not known. */
  private allAt = Number.NEGATIVE_INFINITY
  private notBefore = Number.NEGATIVE_INFINITY
  /** What the log looked like when the last run that ended well began; undefined before there was one. */
  private archived: { lastLsn: number; segments: number; checkpoints: string } | undefined
  private lastGap: LsnGap | undefined
  private readonly passedOver = new Set<string>()
  private isEnding = false
  private isLastRun = false
  private wake: () => void = () => {}
  private work: Promise<void> | undefined

  constructor(ports: ArchivistPorts, settings: ArchivistSettings) {
    this.ports = ports
    this.settings = settings
    this.circuit = new Circuit(ports.random, (state) => ports.tell({ kind: 'breaker', state }))
  }

  /** To be called once. */
  begin(): void {
    this.work = this.loop()
  }

  /**
   * Ends it: with one more run, if there is anything new, whatever failed before. Not to be called before the log takes nothing more.
   * @param limitMs how long that, and a run under way, may take; 0: not at all
   */
  async end(limitMs: number): Promise<void> {
    this.isEnding = true
    this.wake()
    if (limitMs === 0) return
    let cancel: (() => void) | undefined
    const late = new Promise<'late'>((resolve) => {
      cancel = this.ports.timers.after(limitMs, () => resolve('late'))
    })
    if ((await Promise.race([this.lastRun(), late])) === 'late') this.tellFailure(unfinished(limitMs), null)
    cancel?.()
  }

  private async lastRun(): Promise<void> {
    await this.work
    this.isLastRun = true
    if (this.hasNews()) await this.attempt(false)
  }

  private async loop(): Promise<void> {
    while (!this.isEnding) {
      const owed = this.owed()
      if (owed === undefined) await this.pause()
      else await this.attempt(owed === 'sealed')
    }
  }

  private owed(): 'all' | 'sealed' | undefined {
    const { log, timers } = this.ports
    const now = timers.now()
    if (now < this.notBefore) return undefined
    if (now >= this.allAt) {
      if (this.hasNews()) return 'all'
      this.ports.tell({ kind: 'current', atMs: now })
      this.allAt = now + this.settings.everyMs
    }
    return log.segments() !== (this.archived?.segments ?? 0) ? 'sealed' : undefined
  }

  /** Whether a run would find anything to store, as far as that is known without asking the target. */
  private hasNews(): boolean {
    const { log } = this.ports
    const { archived } = this
    return archived === undefined
      ? log.durable() > 0
      : log.durable() !== archived.lastLsn || this.checkpoints() !== archived.checkpoints
  }

  private async attempt(sealedOnly: boolean): Promise<void> {
    const { log, timers, tell } = this.ports
    const beganAt = timers.now()
    const [durable, segments, checkpoints] = [log.durable(), log.segments(), this.checkpoints()]
    try {
      const report = await this.circuit.attempt(() => this.run(sealedOnly, durable))
      const { lastLsn, backups, passedOver } = report
      for (const { name, reason } of passedOver) this.tellPassedOver(name, reason)
      log.noteArchived(lastLsn)
      this.archived = { lastLsn, segments, checkpoints }
      const elapsedMs = timers.now() - beganAt
      tell({ kind: 'archived', lastLsn, backups: backups.length, storedBytes: storedBytes(backups), elapsedMs })
      if (lastLsn >= durable) tell({ kind: 'current', atMs: beganAt })
      if (!sealedOnly) this.allAt = beganAt + this.settings.everyMs
    } catch (error) {
      const { pauseMs } = this.circuit
      this.notBefore = timers.now() + pauseMs
      this.tellFailure(error, this.isLastRun ? null : pauseMs)
    }
  }

  /** @throws as `archiveLog` does */
  private async run(sealedOnly: boolean, durableLsn: number): Promise<ArchiveReport> {
    const { archive, log, tell } = this.ports
    const onGap = (gap: LsnGap): void => this.tellGap(gap)
    const onBackup = ({ lastLsn, storedBytes }: BackupSummary): void => {
      // One that has a checkpoint alone, and no LSN, tells 0.
      if (lastLsn > 0) log.noteArchived(lastLsn)
      tell({ kind: 'stored', storedBytes })
    }
    for (let attempt = 1; ; attempt++) {
      try {
        return await archive({ sealedOnly, durableLsn, onBackup, onGap })
      } catch (error) {
        const isOvertaken = error instanceof RingwalError && OVERTAKEN.includes(error.code)
        if (!isOvertaken || attempt === ATTEMPTS_MAX) throw error
      }
    }
  }

  /** Until it is time to look again, or to end. */
  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.ports.timers.after(LOOK_MS, resolve)
      this.wake = () => {
        cancel()
        resolve()
      }
    })
  }

  /** A directory that can not be listed is told of by the run that it will fail. */
  private checkpoints(): string {
    try {
      return this.ports.log.checkpoints()
    } catch (error) {
      return errorToRecord(error).message
    }
  }

  private tellFailure(error: unknown, retryMs: number | null): void {
    this.ports.tell({ kind: 'failed', error: errorToRecord(error), inRow: Math.max(1, this.circuit.failures), retryMs })
  }

  /** Each run that fails finds it anew. */
  private tellGap(gap: LsnGap): void {
    if (gap.from === this.lastGap?.from && gap.to === this.lastGap.to) return
    this.lastGap = gap
    this.ports.tell({ kind: 'gap', ...gap })
  }

  private tellPassedOver(name: string, reason: string): void {
    if (this.passedOver.has(name)) return
    this.passedOver.add(name)
    this.ports.tell({ kind: 'passed-over', name, reason })
  }
}

function storedBytes(backups: readonly BackupSummary[]): number {
  return backups.reduce((total, { storedBytes }) => total + storedBytes, 0)
}

function unfinished(limitMs: number): RingwalError {
  const message = `the last run of the archive did not end within ${limitMs} ms`
  return new RingwalError('ERR_RINGWAL_TIMEOUT', message, { limitMs })
}
