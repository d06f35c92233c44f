import { RingwalError } from '../../errors.ts'
import type { FileSystem } from '../../storage/file-system.ts'
import { listedTexts } from '../capped-list.ts'
import { describeForeignDamage, type ForeignDamage } from '../foreign-damage.ts'
import { type ForeignListing, listForeign, withWindow } from '../foreign-files.ts'
import type { ForeignPlan } from '../foreign-options.ts'
import type { ReplayCounts } from '../summary-line.ts'
import { inTurns } from '../turns.ts'
import type { PartitionEntry } from './partition-entry.ts'
import { PartitionReader } from './partition-reader.ts'

/** What a replay of partition files counted. The fields with an underscore are the original's. */
export interface PartitionSummary {
  readonly recovered: number
  readonly crc_skipped: number
  /** Whether a file ended inside a record's body; of a directory, any file. */
  readonly partial_tail_warning: boolean
  /** Bytes behind the last record that a file's end cut: a record's front, or one to three bytes of a size. */
  readonly leftover_tail_bytes: number
  /** All damage in words; of more than `maxReports`, the first places and a line that says how many more. */
  readonly warnings: readonly string[]
  /** All places of damage, up to `maxReports`; `damageCount` counts the rest too. */
  readonly damage: readonly ForeignDamage[]
  readonly damageCount: number
  /** Bytes of all files, and those of them that gave no record. */
  readonly bytes: number
  readonly bytesLost: number
  /** What was left out of a directory, in words. */
  readonly notes: readonly string[]
  readonly counts: ReplayCounts
}

/** One replay of a partition file, or of the files of a directory that end in `.wal`, by name. */
export class PartitionReplay {
  readonly #fs: FileSystem
  readonly #listing: ForeignListing
  readonly #reader: PartitionReader

  /** @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_IO */
  constructor(fs: FileSystem, path: string, plan: ForeignPlan) {
    this.#fs = fs
    this.#listing = listForeign(fs, path, (names) => names.filter((name) => name.endsWith('.wal')))
    this.#reader = new PartitionReader(plan)
  }

  /**
   * The records as they are read, once. Memory is bounded by a window and one record.
   * @throws ERR_RINGWAL_DAMAGED (with `onDamage: 'stop'`); ERR_RINGWAL_IO and ERR_RINGWAL_TAMPERED, but for a file of a
   *   directory: that is damage, and does not keep the others from being read
   */
  records(): AsyncGenerator<PartitionEntry> {
    return inTurns(this.#read())
  }

  /** What was counted so far: all, once the records have been read to their end. */
  summary(): PartitionSummary {
    const { recovered, crcSkipped, unread, hasPartialTail, leftoverTailBytes, bytes, damage } = this.#reader
    return {
      recovered,
      crc_skipped: crcSkipped,
      partial_tail_warning: hasPartialTail,
      leftover_tail_bytes: leftoverTailBytes,
      warnings: listedTexts(damage.list, describeForeignDamage),
      damage: damage.list.items,
      damageCount: damage.list.total,
      bytes,
      bytesLost: damage.bytesLost,
      notes: this.#notes(),
      counts: {
        lines: recovered + unread,
        events: recovered,
        ignored: 0,
        parseErrors: unread,
        stateRejected: 0,
        ledgerApplied: recovered,
      },
    }
  }

  #notes(): readonly string[] {
    const { files, notes } = this.#listing
    return files.length > 0 ? notes : [...notes, 'no file of the directory ends in .wal']
  }

  *#read(): Generator<PartitionEntry | undefined> {
    for (const file of this.#listing.files) {
      try {
        yield* withWindow(this.#fs, file, (window) => this.#reader.read(window))
      } catch (error) {
        if (!this.#listing.isDirectory || !isOfFile(error)) throw error
        this.#reader.giveUp(file.name, error.message)
      }
    }
  }
}

/** Whether an error is of the one file, and says nothing of the others. */
function isOfFile(error: unknown): error is RingwalError {
  return error instanceof RingwalError && (error.code === 'ERR_RINGWAL_IO' || error.code === 'ERR_RINGWAL_TAMPERED')
}
