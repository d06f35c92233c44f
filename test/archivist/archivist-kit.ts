/** An archivist in a world of its own: its log is three numbers, its target a function, its clock stands still. */
import { expect } from 'vitest'
import type { ArchiveReport } from '../../src/archive/archive-log.ts'
import type { BackupSummary } from '../../src/archive/catalog.ts'
import type { ArchiveEvent } from '../../src/archivist/archive-events.ts'
import { ArchiveLedger } from '../../src/archivist/archive-ledger.ts'
import { type ArchivedLog, Archivist, type RunOrder } from '../../src/archivist/archivist.ts'
import { RingwalError } from '../../src/errors.ts'
import { ManualTimers, settled } from './manual-timers.ts'

export const EVERY_MS = 300_000

export class World {
  readonly timers: ManualTimers = new ManualTimers()
  readonly events: ArchiveEvent[] = []
  readonly orders: RunOrder[] = []
  /** When each run began. */
  readonly times: number[] = []
  durable = 0
  /** Last LSN of the last segment that was sealed. */
  sealed = 0
  segments = 0
  checkpoints = ''
  archived = 0
  draw = 0.5
  /** How each run ends, in turn; when there are no more, the last one is repeated. */
  outcomes: ((order: RunOrder) => Promise<ArchiveReport>)[] = [(order) => this.success(order)]
  readonly ledger: ArchiveLedger = new ArchiveLedger(() => this.timers.now())
  readonly archivist: Archivist

  constructor() {
    const log: ArchivedLog = {
      durable: () => this.durable,
      segments: () => this.segments,
      checkpoints: () => this.checkpoints,
      noteArchived: (lsn) => {
        this.archived = lsn
      },
    }
    const tell = (event: ArchiveEvent): void => {
      this.events.push(event)
      this.ledger.hear(event)
    }
    const archive = (order: RunOrder): Promise<ArchiveReport> => {
      this.orders.push(order)
      this.times.push(this.timers.now())
      const outcome = this.outcomes.length > 1 ? this.outcomes.shift()! : this.outcomes[0]!
      return outcome(order)
    }
    const ports = { log, timers: this.timers, random: () => this.draw, archive, tell }
    this.archivist = new Archivist(ports, { everyMs: EVERY_MS })
  }

  /** Records that are durable at once. */
  append(count = 1): void {
    if (this.segments === 0) this.segments = 1
    this.durable += count
  }

  rotate(): void {
    this.sealed = this.durable
    this.segments++
  }

  /** What a run of these events was told. */
  told<Kind extends ArchiveEvent['kind']>(kind: Kind): Extract<ArchiveEvent, { kind: Kind }>[] {
    return this.events.filter((event): event is Extract<ArchiveEvent, { kind: Kind }> => event.kind === kind)
  }

  async success({ sealedOnly, durableLsn, onBackup }: RunOrder): Promise<ArchiveReport> {
    const lastLsn = Math.max(this.archived, sealedOnly ? this.sealed : durableLsn)
    const backups = lastLsn > this.archived ? [backupOf(this.archived + 1, lastLsn)] : []
    for (const backup of backups) onBackup(backup)
    return { ...REPORT, backups, lastLsn }
  }

  failure(code: RingwalError['code'] = 'ERR_RINGWAL_IO'): () => Promise<ArchiveReport> {
    return () => Promise.reject(new RingwalError(code, 'the target is gone', {}))
  }
}

export const REPORT: ArchiveReport = {
  dir: '/wal',
  archive: '/archive',
  logId: '00',
  backups: [],
  lastLsn: 0,
  gap: null,
  passedOver: [],
}

export function backupOf(firstLsn: number, lastLsn: number): BackupSummary {
  return {
    id: '0000000001-0000000000000000',
    kind: 'full',
    created: '2026-11-21T12:00:00.000Z',
    firstLsn,
    lastLsn,
    timeMin: null,
    timeMax: null,
    objects: 1,
    checkpoints: [],
    bytes: 100,
    storedBytes: 100,
  }
}

/** A world whose archivist has begun, and is waiting. */
export async function begun(prepare: (world: World) => void = () => {}): Promise<World> {
  const world = new World()
  prepare(world)
  world.archivist.begin()
  await settled()
  return world
}

/** A world whose log has ten records, all of them in the archive. */
export async function atRest(): Promise<World> {
  const world = await begun((fresh) => fresh.append(10))
  expect(world.archived).toBe(10)
  return world
}
