/** Checkpoints of a log on a simulated disk, made by the steward's keeper. */
import { type CheckpointReadPorts, listCheckpoints, readCheckpoint } from '../../src/checkpoint/checkpoint-files.ts'
import { createDigests } from '../../src/format/index.ts'
import { CheckpointKeeper, type CheckpointReport } from '../../src/wal/checkpoint-keeper.ts'
import { checker, LOG_DIR, type LogHarness } from '../support/log-harness.ts'
import { payload } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'

const newDigest = await createDigests()

export function checkpointPorts(fs: SimulatedDisk): CheckpointReadPorts {
  return { fs, checker, newDigest }
}

export function keeperOf({ disk, control, clock, recovered }: LogHarness): CheckpointKeeper {
  return new CheckpointKeeper({ fs: disk, checker, newDigest, control, clock }, LOG_DIR, recovered.logId)
}

/** What a snapshot at this LSN is, in these tests. */
export function snapshotAt(lsn: number): Uint8Array {
  return payload(700 + (lsn % 900), lsn)
}

/** All steps of a checkpoint, in pieces of 600 bytes. @throws what a step throws, with nothing left unfinished */
export function checkpoint(keeper: CheckpointKeeper, lsn: number, keep = 2, label = ''): CheckpointReport {
  const bytes = snapshotAt(lsn)
  try {
    run(keeper.take({ do: 'begin', lsn, label }))
    for (let at = 0; at < bytes.length; at += 600) run(keeper.take({ do: 'write', piece: bytes.slice(at, at + 600) }))
    return run(keeper.take({ do: 'finish', keep }))!
  } catch (error) {
    run(keeper.take({ do: 'drop' }))
    throw error
  }
}

/** LSNs of the checkpoints that are there and whole, the newest first. @throws if one is whole, but not what was stored */
export function wholeCheckpoints(disk: SimulatedDisk): number[] {
  return listCheckpoints(disk, LOG_DIR).map((file) => {
    const { header, bytes } = readCheckpoint(checkpointPorts(disk), file)
    if (!Buffer.from(snapshotAt(header.lsn)).equals(bytes)) throw new Error(`${file.name} holds another snapshot`)
    return header.lsn
  })
}

function run<T>(pieces: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = pieces.next()
    if (done) return value
  }
}
