import { resolve } from 'node:path'
import { optionError, RingwalError } from '../errors.ts'
import type { StagingDirectory } from '../storage/staging-directory.ts'
import type { CopySource } from './copy-task.ts'
import { openLoose } from './loose-file.ts'
import { intoNewDirectory, requireOutput } from './output-directory.ts'
import { type SalvageOptions, type SalvageRequest, salvageOptions } from './repair-options.ts'
import { createRepairPorts, type RepairPorts } from './repair-ports.ts'
import { buildReport, type LeftOut, type RepairReport } from './repair-report.ts'
import { planSalvage } from './salvage-plan.ts'
import { writeLog } from './write-log.ts'

/**
 * Makes a clean log of loose segment files of whatever name and order, also where their headers are lost: of every record
 * that verifies, proven durable or not. Where several files are copies of one segment, what one has lost comes from another.
 * A file that contradicts another is left out. The files are only read, and no lock is taken.
 *
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_SEGMENTS if the files are of several logs and `logId` does not choose; ERR_RINGWAL_NOT_FOUND
 *   if nothing verifies; ERR_RINGWAL_IO, also for what is no regular file
 */
export async function salvageFiles(files: readonly string[], options: SalvageOptions): Promise<RepairReport> {
  const isList =
    Array.isArray(files) && files.length > 0 && files.every((file) => typeof file === 'string' && file !== '')
  if (!isList) throw optionError('files', files, 'a list of paths')
  return salvage(await createRepairPorts(), files, salvageOptions(options))
}

/** The same on any disk. */
export async function salvage(
  ports: RepairPorts,
  files: readonly string[],
  request: SalvageRequest,
): Promise<RepairReport> {
  const { target } = request
  if (target.kind === 'none') return fill(ports, files, request, undefined, null)
  const output = resolve(target.dir)
  requireOutput(ports.fs, output, undefined)
  return intoNewDirectory(ports, output, (staging) => fill(ports, files, request, staging, output))
}

async function fill(
  ports: RepairPorts,
  files: readonly string[],
  request: SalvageRequest,
  staging: StagingDirectory | undefined,
  output: string | null,
): Promise<RepairReport> {
  const { sources, leftOut } = openAll(ports, files)
  const chosen = chooseLog(ports, sources, request.logId)
  const plan = await planSalvage(ports, chosen.sources)
  const allLeftOut = [...leftOut, ...chosen.leftOut, ...plan.leftOut]
  if (plan.tasks.length === 0) throw nothingFound(allLeftOut)
  const written = await writeLog(ports, plan.tasks, staging, request)
  return buildReport({
    ...{ ...plan, ...written, command: 'salvage', sources: files, output, originals: null },
    ...{ dryRun: staging === undefined, time: new Date(ports.now()).toISOString(), notes: chosen.notes },
    leftOut: allLeftOut,
  })
}

interface Sources {
  readonly sources: CopySource[]
  readonly leftOut: LeftOut[]
}

function openAll(ports: RepairPorts, files: readonly string[]): Sources {
  const sources: CopySource[] = []
  const leftOut: LeftOut[] = []
  const seen = new Set<string>()
  for (const file of files) {
    const opened = openLoose(ports, file)
    const identity = ports.fs.statPath(resolve(file))?.identity ?? file
    if (typeof opened === 'string') leftOut.push({ file, reason: opened })
    else if (seen.has(identity)) leftOut.push({ file, reason: 'it is named twice' })
    else sources.push(opened)
    seen.add(identity)
  }
  return { sources, leftOut }
}

/** Of several logs, one; and the files that do not say of which log they are, where there is only one that they can be of. */
function chooseLog(
  { random }: RepairPorts,
  sources: readonly CopySource[],
  wanted: string | undefined,
): Sources & { readonly notes: string[] } {
  const known = sources.filter(({ segment }) => segment.headerFrom !== 'frames')
  const ids = new Set(known.map(({ segment }) => segment.header.logId))
  if (wanted !== undefined && !ids.has(wanted))
    throw optionError('logId', wanted, ids.size === 0 ? 'none: no file tells its log' : [...ids].join(', '))
  if (wanted === undefined && ids.size > 1) throw severalLogs(known)
  const logId = wanted ?? [...ids][0] ?? random(16)
  const codecSettings = known.find(({ segment }) => segment.header.logId === logId)?.segment.header.codecSettings ?? 0
  const result = { sources: [] as CopySource[], leftOut: [] as LeftOut[], notes: [] as string[] }
  for (const source of sources) {
    const { segment } = source
    const { headerFrom, header, name: file } = segment
    const isNameless = headerFrom === 'frames'
    if (isNameless && ids.size > 1) {
      result.leftOut.push({ file, reason: 'its header is lost, and the files are of several logs' })
    } else if (!isNameless && header.logId !== logId) {
      result.leftOut.push({ file, reason: `it is of log ${header.logId}` })
    } else if (isNameless) {
      result.notes.push(
        `${file}: its header is lost; its frames tell its records, and nothing tells whether they are of this log.`,
      )
      result.sources.push({ ...source, segment: { ...segment, header: { ...header, logId, codecSettings } } })
    } else {
      result.sources.push(source)
    }
  }
  return result
}

const NAMED_MAX = 10

function nothingFound(leftOut: readonly LeftOut[]): RingwalError {
  const named = leftOut.slice(0, NAMED_MAX).map(({ file, reason }) => `${file}: ${reason}`)
  return new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is nothing to be salvaged (${named.join('; ')})`, { leftOut })
}

function severalLogs(known: readonly CopySource[]): RingwalError {
  const files = known.map(({ segment }) => ({ file: segment.name, logId: segment.header.logId }))
  const named = files.map(({ file, logId }) => `${file} of ${logId}`).join(', ')
  const message = `the files are of several logs, choose one with --log-id: ${named}`
  return new RingwalError('ERR_RINGWAL_SEGMENTS', message, { files })
}
