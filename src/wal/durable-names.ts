import { errorToRecord } from '../errors.ts'
import type { FileSystem } from '../storage/file-system.ts'
import type { LogControl } from './control.ts'
import { poisonError } from './poison.ts'

/**
 * Makes the names in the log's directory durable. A sync of the directory that failed may have been the writer's too, for the
 * name of its newest segment, and the next one would prove nothing (rule R2): it ends the log.
 * @param undo puts a name back, if it can: else whoever opens the log again before the system is restarted would find it as
 *   it may not come back
 * @throws ERR_RINGWAL_POISONED
 */
export function makeNamesDurable(
  { fs, control }: { readonly fs: FileSystem; readonly control: LogControl },
  dir: string,
  undo: () => void = () => {},
): void {
  try {
    fs.syncDirectory(dir)
  } catch (error) {
    control.poison(errorToRecord(poisonError(error, control.durable)))
    try {
      undo()
    } catch {
      // The first failure is what is told.
    }
    throw control.failure ?? error
  }
}
