import { errorToRecord } from '../errors.ts'
import type { FileSystem } from '../storage/file-system.ts'
import type { Pieces } from './chores.ts'
import type { LogControl } from './control.ts'
import { STATE_OPEN, STATE_POISONED } from './control-layout.ts'
import { poisonError } from './poison.ts'
import type { Namer } from './steward-words.ts'

export interface NamePorts {
  readonly fs: FileSystem
  readonly control: LogControl
}

/** One sync of a directory; on a bad disk perhaps half a minute. */
const SYNC_MS_MAX = 120_000

/**
 * Makes the names in the log's directory durable. Writer and steward both give names there, and a sync that fails is told to
 * whoever asked for it, once: the names of the other are lost with it, and the other's own sync, that returns right behind it,
 * knows of nothing (rule R2). So a failure ends the log, and each says that it is at it, until the failure would be
 * known. Who has come back from a sync waits until the other is not at it, and looks whether the log goes on:
 * `awaitWriter` for the steward, `waitForSteward` for the writer.
 * @param undo puts a name back, if it can: else whoever opens the log again before the system is restarted would find it as
 *   it may not come back
 * @throws ERR_RINGWAL_POISONED
 */
export function makeNamesDurable(
  { fs, control }: NamePorts,
  by: Namer,
  dir: string,
  undo: () => void = () => {},
): void {
  control.steward.setNaming(by, true)
  try {
    fs.syncDirectory(dir)
  } catch (error) {
    control.poison(errorToRecord(poisonError(error, control.durable)))
    tryTo(undo)
    throw control.failure ?? error
  } finally {
    control.steward.setNaming(by, false)
  }
}

/** Waits, in pieces, as only the steward learns of the writer's death. @throws ERR_RINGWAL_POISONED, with `undo` done */
export function* awaitWriter(control: LogControl, undo: () => void = () => {}): Pieces<void> {
  while (control.steward.isNaming('writer') && control.state === STATE_OPEN) yield
  if (control.state !== STATE_POISONED) return
  tryTo(undo)
  throw control.failure
}

/** Blocks. @throws ERR_RINGWAL_POISONED; ERR_RINGWAL_INTERNAL if the steward does not come back */
export function waitForSteward(control: LogControl): void {
  control.steward.waitNamesIdle('steward', SYNC_MS_MAX)
  if (control.state === STATE_POISONED) throw control.failure
}

/** The first failure is what is told. */
function tryTo(undo: () => void): void {
  try {
    undo()
  } catch {
    // Nothing more can be done here: the next opening sees what is there.
  }
}
