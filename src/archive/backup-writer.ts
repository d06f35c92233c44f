import { RingwalError } from '../errors.ts'
import { backupId, type Encoding, manifestName, objectName, SEQUENCE_MAX } from './archive-names.ts'
import type { ArchivePorts } from './archive-ports.ts'
import type { ArchiveTarget } from './archive-target.ts'
import { sha256Of } from './checked-lines.ts'
import { type CheckpointSource, checkpointBytes, storableCheckpoints } from './log-checkpoints.ts'
import { type LogPart, PartFacts, partBytes } from './log-parts.ts'
import { type CheckpointEntry, encodeManifest, type Manifest, type PartEntry, type Place } from './manifest.ts'
import { putBytes } from './put-bytes.ts'
import { storeObject } from './stored-object.ts'

/** A backup that is whole, and the SHA-256 of its manifest. */
export interface StoredBackup {
  readonly manifest: Manifest
  readonly sha256: string
}

export interface BackupSource {
  readonly ports: ArchivePorts
  readonly target: ArchiveTarget
  readonly dir: string
  readonly logId: string
  readonly encoding: Encoding
  /** Told of checkpoints that are left out, as they can not be used. */
  readonly onPassedOver: CheckpointSource['onPassedOver']
}

/**
 * One backup on its way: its objects first, its manifest last. Until that is stored nothing of it counts, and whoever dies
 * before leaves objects that no manifest names.
 */
export class BackupWriter {
  readonly id: string
  private readonly source: BackupSource
  private readonly previous: StoredBackup | undefined
  private readonly kind: Manifest['kind']
  private readonly sequence: number
  private readonly parts: PartEntry[] = []
  private readonly checkpoints: CheckpointEntry[] = []
  private readonly start: Place | null
  private end: Place | undefined

  /** @param previous the newest backup of the archive */
  constructor(source: BackupSource, kind: Manifest['kind'], previous: StoredBackup | undefined) {
    this.source = source
    this.kind = kind
    this.previous = previous
    this.sequence = (previous?.manifest.sequence ?? 0) + 1
    if (this.sequence > SEQUENCE_MAX)
      throw new RingwalError('ERR_RINGWAL_TOO_LARGE', `${source.target.name} takes no more backups`, {})
    this.id = backupId(this.sequence, source.ports.random(8))
    this.start = kind === 'incremental' ? previous!.manifest.end : null
    this.end = this.start ?? undefined
  }

  get objects(): number {
    return this.parts.length + this.checkpoints.length
  }

  get bytes(): number {
    return this.parts.reduce((total, { bytes }) => total + bytes, 0)
  }

  /** Stores a part. @throws ERR_RINGWAL_DAMAGED; ERR_RINGWAL_RETIRED; and what the target throws */
  async add(part: LogPart): Promise<void> {
    const { ports, target, encoding } = this.source
    const { segment, from, to, isWhole } = part
    const kind = isWhole ? 'segment' : 'increment'
    const name = objectName(this.id, this.parts.length + 1, kind, encoding)
    const facts = new PartFacts(part, this.end)
    const stored = await storeObject(target, name, encoding, partBytes(ports, part, facts))
    const { firstLsn, lastLsn, timeMin, timeMax, frame, check } = facts
    const lsns = { firstLsn, lastLsn, timeMin, timeMax }
    this.parts.push({ name, kind, encoding, ...stored, segment: segment.number, from, to, ...lsns })
    this.end = { segment: segment.number, offset: to, lsn: lastLsn, frame, check }
  }

  /** Stores what the log has of checkpoints up to the end of this backup, and its manifest. */
  async finish(): Promise<StoredBackup> {
    const { ports, target, logId } = this.source
    const storedCheckpoints = await this.addCheckpoints(this.end!)
    const { id, sequence, kind, start, parts, checkpoints, previous } = this
    const before = previous === undefined ? null : { id: previous.manifest.id, sha256: previous.sha256 }
    const facts = { id, sequence, createdMs: ports.now(), logId, kind, previous: before, start, end: this.end! }
    const manifest: Manifest = { ...facts, parts, checkpoints, storedCheckpoints }
    const bytes = encodeManifest(manifest)
    const answer = await putBytes(target, manifestName(sequence), bytes)
    if (answer === 'stored') return { manifest, sha256: sha256Of(bytes) }
    const message = `somebody else stored backup ${sequence} in ${target.name} meanwhile`
    throw new RingwalError('ERR_RINGWAL_FENCED', message, { object: manifestName(sequence) })
  }

  /** Whether a checkpoint is there that neither this backup nor those that it builds upon have. */
  hasNewCheckpoints(): boolean {
    return (
      this.end !== undefined && storableCheckpoints(this.source, this.end.lsn).some((one) => !this.isStored(one.lsn))
    )
  }

  private async addCheckpoints(end: Place): Promise<number[]> {
    const { ports, target, encoding } = this.source
    const there: number[] = []
    for (const file of storableCheckpoints(this.source, end.lsn)) {
      if (!this.isStored(file.lsn)) {
        const name = objectName(this.id, this.objects + 1, 'checkpoint', encoding)
        const pieces = checkpointBytes(ports, file)
        const stored = await storeObject(target, name, encoding, pieces).catch((error: unknown) =>
          this.passOver(file, error),
        )
        if (stored === undefined) continue
        this.checkpoints.push({ name, kind: 'checkpoint', encoding, ...stored, lsn: file.lsn, label: file.label })
      }
      there.push(file.lsn)
    }
    return there
  }

  private isStored(lsn: number): boolean {
    return this.kind === 'incremental' && this.previous!.manifest.storedCheckpoints.includes(lsn)
  }

  private passOver({ name, lsn, path }: CheckpointSource['file'], error: unknown): undefined {
    const isItsOwn = error instanceof RingwalError && error.facts['file'] === path
    if (!isItsOwn) throw error
    // One that was given up meanwhile is no news.
    if (error.facts['errnoName'] !== 'ENOENT') this.source.onPassedOver({ name, lsn, reason: error.message })
  }
}
