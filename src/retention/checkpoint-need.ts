import {
  type CheckpointFile,
  type CheckpointReadPorts,
  isUnusable,
  listCheckpoints,
  readCheckpointHeader,
  verifyInPieces,
} from '../checkpoint/checkpoint-files.ts'
import type { Need } from './need.ts'

/** What is known of a checkpoint's file. */
interface Checked {
  /** Undefined where not even its header can be read. */
  readonly label: string | undefined
  /** Why it can not be used; undefined for one that verifies. */
  readonly unusable: string | undefined
}

/**
 * What a log needs its records for that keeps only what its checkpoints do not make up for. Each file is read to its end once, as
 * long as it is the same file.
 */
export class CheckpointNeed {
  private readonly ports: CheckpointReadPorts
  private readonly dir: string
  private readonly logId: string
  private known = new Map<string, Checked>()

  constructor(ports: CheckpointReadPorts, dir: string, logId: string) {
    this.ports = ports
    this.dir = dir
    this.logId = logId
  }

  /** The oldest checkpoint that verifies, of any label; all is needed where there is none, or where a label has none. */
  *find(): Generator<undefined, Need> {
    const checked = new Map<string, Checked>()
    const files = listCheckpoints(this.ports.fs, this.dir)
    for (const file of files) {
      const key = this.keyOf(file)
      if (key !== undefined) checked.set(file.name, this.known.get(key) ?? (yield* this.check(file)))
    }
    this.known = new Map(files.flatMap((file) => this.entryOf(file, checked)))
    return lowest(files, checked)
  }

  /** What tells a file from another of the same name; undefined if it is gone. */
  private keyOf({ name, path }: CheckpointFile): string | undefined {
    const stat = this.ports.fs.statPath(path)
    return stat && `${name} ${stat.identity} ${stat.size} ${stat.modifiedMs}`
  }

  private entryOf(file: CheckpointFile, checked: ReadonlyMap<string, Checked>): [string, Checked][] {
    const [key, found] = [this.keyOf(file), checked.get(file.name)]
    return key === undefined || found === undefined ? [] : [[key, found]]
  }

  private *check(file: CheckpointFile): Generator<undefined, Checked> {
    let label: string | undefined
    try {
      const { logId, label: said } = readCheckpointHeader(this.ports, file)
      if (logId !== this.logId) return { label: undefined, unusable: `it belongs to log ${logId}` }
      label = said
      yield* verifyInPieces(this.ports, file)
      return { label, unusable: undefined }
    } catch (error) {
      if (!isUnusable(error)) throw error
      return { label, unusable: error.message }
    }
  }
}

/** @param files the newest first */
function lowest(files: readonly CheckpointFile[], checked: ReadonlyMap<string, Checked>): Need {
  const of = (name: string, lsn: number): Need => ({ by: 'checkpoint', name, lsn })
  const there = files.flatMap(({ name, lsn }) => {
    const found = checked.get(name)
    return found === undefined ? [] : [{ name, lsn, ...found }]
  })
  const whole = there.filter(({ unusable }) => unusable === undefined)
  // Nobody can tell what else would make up for the records that it stands for.
  const alone = there.find(({ label, unusable }) => unusable !== undefined && !whole.some((one) => one.label === label))
  if (alone !== undefined) return { ...of(alone.name, 0), reason: alone.unusable! }
  const oldest = whole.at(-1)
  return oldest === undefined ? { ...of('', 0), reason: 'there is none' } : of(oldest.name, oldest.lsn + 1)
}
