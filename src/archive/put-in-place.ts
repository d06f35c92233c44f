import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { RingwalError } from '../errors.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { brokenName, repairingName, repairStamp } from '../storage/interrupted-repair.ts'
import { ioError } from '../storage/io-error.ts'
import type { RestorePorts } from './archive-ports.ts'

/** Where a log is put together, and where what is in its place now goes. */
export interface RestorePlaces {
  readonly output: string
  readonly staging: string
  /** Its name right before it is put in place: as that of a repair, by which \`Wal.open\` knows a log that waits for its name. */
  readonly beside: string
  /** Undefined where nothing is in the way. */
  readonly originals: string | undefined
}

/**
 * Finds names that are free. Should a crash come between the renames, `Wal.open` does not take the missing directory for a new
 * log.
 * @throws ERR_RINGWAL_IO for an output that is no directory, or can not be reached by a rename
 */
export function placesFor({ fs, now }: RestorePorts, output: string, stagingDir: string | undefined): RestorePlaces {
  const parent = dirname(output)
  const above = stagingDir ?? parent
  for (const path of new Set([parent, above])) requireDirectory(fs, path)
  if (deviceOf(fs, above) !== deviceOf(fs, parent))
    throw ioError('rename', above, constants.errno.EXDEV, { reason: `it is on another file system than ${output}` })
  const kind = fs.statPath(output)?.kind
  if (kind !== undefined) requireDirectory(fs, output)
  const isInTheWay = kind !== undefined && fs.list(output).length > 0
  if (isInTheWay && deviceOf(fs, output) !== deviceOf(fs, parent))
    throw ioError('rename', output, constants.errno.EBUSY, {
      reason: 'it is a mount point: restore it to another place',
    })
  for (let time = now(); ; time++) {
    const stamp = repairStamp(time)
    const [beside, originals] = [repairingName(output, stamp), brokenName(output, stamp)]
    const staging = stagingDir === undefined ? beside : join(stagingDir, `restoring-${stamp}`)
    if ([beside, originals, staging].every((path) => fs.statPath(path) === undefined))
      return { output, staging, beside, originals: isInTheWay ? originals : undefined }
  }
}

/**
 * Gives a log that is whole and durable its name; what had it is kept under another. The first rename becomes durable before
 * the second is made.
 * @param onMoved told when what was there has its other name
 */
export function putInPlace(
  fs: FileSystem,
  { output, staging, beside, originals }: RestorePlaces,
  onMoved: (originals: string) => void,
): void {
  const parent = dirname(output)
  try {
    if (staging !== beside) {
      fs.rename(staging, beside)
      fs.syncDirectory(parent)
      fs.syncDirectory(dirname(staging))
    }
    if (originals !== undefined) {
      fs.rename(output, originals)
      onMoved(originals)
      fs.syncDirectory(parent)
    }
    fs.rename(beside, output)
    fs.syncDirectory(parent)
  } catch (error) {
    throw unfinished(fs, { output, staging, beside, originals }, error)
  }
}

/** What a power cut would then bring back is not for this process to know: nothing is removed any more. */
function unfinished(
  fs: FileSystem,
  { output, staging, beside, originals }: RestorePlaces,
  cause: unknown,
): RingwalError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const old =
    originals === undefined || fs.statPath(originals) === undefined ? '' : `; what was there is in ${originals}`
  const restored = [staging, beside].find((path) => fs.statPath(path) !== undefined) ?? output
  const message = `${why}. The restored log is whole in ${restored}, and is to be ${output}${old}`
  return new RingwalError('ERR_RINGWAL_IO', message, { file: output, restored, originals: originals ?? null }, cause)
}

function requireDirectory(fs: FileSystem, path: string): void {
  const kind = fs.statPath(path)?.kind
  if (kind === 'directory') return
  if (kind === undefined) throw ioError('open', path, constants.errno.ENOENT)
  const reason = kind === 'link' ? 'a symbolic link, which is refused' : `a ${kind} is there`
  throw ioError('open', path, kind === 'link' ? constants.errno.ELOOP : constants.errno.ENOTDIR, { reason })
}

function deviceOf(fs: FileSystem, path: string): string | undefined {
  return fs.statPath(path)?.identity.match(/^(.+):/)?.[1]
}
