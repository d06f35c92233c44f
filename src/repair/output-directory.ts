import { constants } from 'node:os'
import { dirname, sep } from 'node:path'
import { optionError } from '../errors.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { ioError } from '../storage/io-error.ts'
import type { StagingDirectory } from '../storage/staging-directory.ts'
import type { RepairPorts } from './repair-ports.ts'
import type { RepairReport } from './repair-report.ts'
import { reportPage } from './report-page.ts'
import { newRepairStaging, REPORT_JSON, REPORT_PAGE } from './staging.ts'

/**
 * Makes a log in a directory that is not there yet, or empty, whole or not at all.
 * @param fill writes the segments, makes them durable and tells of it
 * @throws ERR_RINGWAL_IO, and whatever `fill` throws; nothing is left behind then
 */
export async function intoNewDirectory(
  ports: RepairPorts,
  dir: string,
  fill: (staging: StagingDirectory) => Promise<RepairReport>,
): Promise<RepairReport> {
  const staging = newRepairStaging(ports, `${dir}.unfinished-${ports.random(4)}`)
  try {
    const report = await fill(staging)
    writeReport(staging, report)
    staging.sync()
    requireFree(ports.fs, dir)
    staging.place(dir)
    return report
  } catch (error) {
    staging.remove()
    throw error
  }
}

export function writeReport(staging: StagingDirectory, report: RepairReport): void {
  staging.write(REPORT_JSON, Buffer.from(jsonText(report)))
  staging.write(REPORT_PAGE, Buffer.from(reportPage(report)))
}

/** What JSON itself leaves in names of files, and a terminal would obey, is escaped: somebody will look at it with `cat`. */
function jsonText(report: RepairReport): string {
  const text = JSON.stringify(report, null, 2).replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
  return `${text}\n`
}

/** @throws ERR_RINGWAL_OPTION if the output would lie in the log itself; ERR_RINGWAL_IO if it can not be made there */
export function requireOutput(fs: FileSystem, output: string, sourceDir: string | undefined): void {
  if (sourceDir !== undefined && `${output}${sep}`.startsWith(`${sourceDir}${sep}`))
    throw optionError('output', output, 'a directory outside of the log')
  const parent = fs.statPath(dirname(output))
  if (parent === undefined)
    throw ioError('mkdir', output, constants.errno.ENOENT, { reason: 'its parent is not there' })
  requireFree(fs, output)
}

/** Nothing, or an empty directory. A link to one is refused. */
function requireFree(fs: FileSystem, path: string): void {
  const stat = fs.statPath(path)
  if (stat === undefined) return
  if (stat.kind === 'link')
    throw ioError('mkdir', path, constants.errno.ELOOP, { reason: 'a symbolic link, which is refused' })
  if (stat.kind !== 'directory')
    throw ioError('mkdir', path, constants.errno.EEXIST, { reason: `a ${stat.kind} is there` })
  if (fs.list(path).length > 0)
    throw ioError('mkdir', path, constants.errno.ENOTEMPTY, { reason: 'the directory is not empty' })
}
