import { join } from 'node:path'
import {
  type CheckpointFile,
  isUnusable,
  listCheckpoints,
  readCheckpointHeader,
} from '../checkpoint/checkpoint-files.ts'
import { type CheckpointPorts, CheckpointWriter, isUnfinished } from '../checkpoint/checkpoint-writer.ts'
import { RingwalError } from '../errors.ts'
import { checkpointName } from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import type { Pieces } from './chores.ts'
import type { Clock } from './clock.ts'
import type { LogControl } from './control.ts'
import { STATE_OPEN } from './control-layout.ts'
import { awaitWriter, makeNamesDurable } from './durable-names.ts'

/** A part of the making of a checkpoint, in the order in which they come. */
export type CheckpointStep =
  | { readonly do: 'begin'; readonly lsn: number; readonly label: string }
  | { readonly do: 'write'; readonly piece: Uint8Array }
  /** `keep`: so many of the same label are kept, this one included. */
  | { readonly do: 'finish'; readonly keep: number }
  | { readonly do: 'drop' }

/** What a checkpoint came to. */
export interface CheckpointReport {
  readonly lsn: number
  /** The file's name. */
  readonly name: string
  /** Of the snapshot. */
  readonly bytes: number
  /** LSNs of the checkpoints of its label that are kept, the newest first: this one, and those to fall back on. */
  readonly kept: readonly number[]
  /** Older ones that were removed. */
  readonly removed: number
  /** LSN of the oldest checkpoint that is left, of any label: the records behind it are needed. */
  readonly neededLsn: number
}

export interface KeeperPorts extends CheckpointPorts {
  readonly control: LogControl
  readonly clock: Clock
}

interface UnderWay {
  readonly lsn: number
  readonly label: string
  readonly writer: CheckpointWriter
}

/** The steward's part in checkpoints: writes one after the other, and removes those that are too old. */
export class CheckpointKeeper {
  private readonly ports: KeeperPorts
  private readonly dir: string
  private readonly logId: string
  private current: UnderWay | undefined

  constructor(ports: KeeperPorts, dir: string, logId: string) {
    this.ports = ports
    this.dir = dir
    this.logId = logId
  }

  /**
   * @throws ERR_RINGWAL_IO: the log goes on, and what was written is to be dropped; ERR_RINGWAL_POISONED if the directory
   *   could not be synced; ERR_RINGWAL_INPUT if a checkpoint of another label stands at this LSN; ERR_RINGWAL_CLOSED
   */
  *take(step: CheckpointStep): Pieces<CheckpointReport | undefined> {
    if (step.do === 'drop') {
      this.drop()
      return undefined
    }
    this.requireOpen()
    if (step.do === 'begin') this.begin(step.lsn, step.label)
    else if (step.do === 'write') this.underWay.writer.write(step.piece)
    else return yield* this.finish(step.keep)
    return undefined
  }

  private begin(lsn: number, label: string): void {
    const { control, clock } = this.ports
    this.drop()
    if (lsn > control.durable) {
      const message = `LSN ${lsn} is not durable: a checkpoint of it could be ahead of the log after a crash`
      throw new RingwalError('ERR_RINGWAL_INTERNAL', message, { lsn, durableLsn: control.durable })
    }
    const there = this.labelAt(lsn)
    if (there !== undefined && there !== label) throw otherLabel(join(this.dir, checkpointName(lsn)), there, label)
    const facts = { logId: this.logId, lsn, label, created: clock.wallNs() }
    this.current = { lsn, label, writer: new CheckpointWriter(this.ports, this.dir, facts) }
  }

  private *finish(keep: number): Pieces<CheckpointReport> {
    const { lsn, label, writer } = this.underWay
    const { name, bytes } = writer.finish(() => makeNamesDurable(this.ports, 'steward', this.dir))
    this.current = undefined
    yield* awaitWriter(this.ports.control)
    const left = this.readable()
    const alike = left.filter((file) => file.label === label && file.lsn < lsn)
    const kept = alike.slice(0, keep - 1)
    const surplus = alike.slice(keep - 1)
    for (const { path } of surplus) {
      this.ports.fs.remove(path)
      yield
    }
    const neededLsn = left.findLast((file) => !surplus.includes(file))?.lsn ?? lsn
    return { lsn, name, bytes, kept: [lsn, ...kept.map((file) => file.lsn)], removed: surplus.length, neededLsn }
  }

  /** The checkpoints whose header can be read, the newest first: others are no use to anybody. */
  private readable(): (CheckpointFile & { readonly label: string })[] {
    return listCheckpoints(this.ports.fs, this.dir).flatMap((file) => {
      const label = this.labelAt(file.lsn)
      return label === undefined ? [] : [{ ...file, label }]
    })
  }

  private drop(): void {
    this.current?.writer.drop()
    this.current = undefined
  }

  /** Undefined if no checkpoint stands there, or one that can not be read: it is no use to anybody. */
  private labelAt(lsn: number): string | undefined {
    const name = checkpointName(lsn)
    const path = join(this.dir, name)
    if (this.ports.fs.statPath(path) === undefined) return undefined
    try {
      return readCheckpointHeader(this.ports, { lsn, name, path }).label
    } catch (error) {
      if (isUnusable(error)) return undefined
      throw error
    }
  }

  private get underWay(): UnderWay {
    if (this.current !== undefined) return this.current
    throw new RingwalError('ERR_RINGWAL_INTERNAL', 'no checkpoint is under way', {})
  }

  private requireOpen(): void {
    const { control } = this.ports
    if (control.state === STATE_OPEN) return
    throw control.refusal ?? new RingwalError('ERR_RINGWAL_CLOSED', 'the log is closed', {})
  }
}

/** Takes away what a writer that is gone left unfinished. */
export function* removeUnfinished(fs: FileSystem, dir: string): Pieces<void> {
  for (const name of fs.list(dir).filter(isUnfinished)) {
    fs.remove(join(dir, name))
    yield
  }
}

function otherLabel(file: string, there: string, label: string): RingwalError {
  const message = `${file} is a checkpoint labelled ${JSON.stringify(there)}: one labelled ${JSON.stringify(label)} can not stand at the same LSN`
  return new RingwalError('ERR_RINGWAL_INPUT', message, { file, label: there })
}
