import type { LockState } from '../../src/storage/directory-lock.ts'
import { describeLag } from '../health/archive-check.ts'
import type { ArchiveFacts } from '../support/archive-facts.ts'
import type { CheckpointFacts } from '../support/checkpoint-facts.ts'
import { colorsFor } from '../support/colors.ts'
import { describeExtraFiles, type ExtraFiles } from '../support/extra-files.ts'
import { formatBytes } from '../support/format.ts'
import type { LogFacts } from '../support/log-facts.ts'
import { printable } from '../support/printable.ts'
import { TimeText } from '../support/times.ts'
import { describeStat, statJson } from './stat-report.ts'

/** All that `ringwal status` tells. */
export interface LogStatus {
  readonly facts: LogFacts
  readonly lock: LockState
  readonly checkpoints: readonly CheckpointFacts[]
  readonly files: ExtraFiles
  readonly freeBytes: number
  /** Undefined where none was asked for. */
  readonly archive: ArchiveFacts | undefined
}

/** For people: what `stat` prints, and what else there is behind it. */
export function describeStatus({ facts, lock, checkpoints, files, freeBytes, archive }: LogStatus): readonly string[] {
  return [
    ...describeStat(facts, lock),
    `checkpoints  ${checkpoints.length}`,
    ...checkpointLines(checkpoints),
    `files        ${describeExtraFiles(files, sparesIn(facts))}`,
    `disk         ${formatBytes(freeBytes)} free`,
    ...(archive === undefined ? [] : [archiveLine(archive)]),
  ]
}

/** The same as one JSON object: that of `stat`, with more members. */
export function statusJson({ facts, lock, checkpoints, files, freeBytes, archive }: LogStatus): string {
  const times = new TimeText()
  const rows = checkpoints.map((one) => ({ ...one, created: one.created === undefined ? null : times.of(one.created) }))
  const more = { checkpoints: rows, files: { spare: sparesIn(facts), ...files }, disk: { freeBytes }, archive }
  return printable(JSON.stringify({ ...JSON.parse(statJson(facts, lock)), ...more }))
}

function archiveLine(facts: ArchiveFacts): string {
  const { archive, problem } = facts
  if (problem !== null) return colorsFor(process.stdout).bad(printable(`archive      ${archive}: ${problem}`))
  return printable(`archive      ${archive} ${describeLag(facts)}`)
}

function sparesIn({ segments }: LogFacts): number {
  return segments.filter(({ state }) => state === 'spare').length
}

function checkpointLines(checkpoints: readonly CheckpointFacts[]): string[] {
  const { bad } = colorsFor(process.stdout)
  const times = new TimeText()
  return checkpoints.map(({ name, lsn, label, bytes, created, problem }) => {
    if (created === undefined) return bad(printable(`  ${name}  ${problem}`))
    const text = `  ${name}  LSN ${lsn}, ${formatBytes(bytes)}, created ${times.of(created)}`
    return label === '' ? text : printable(`${text}, ${label}`)
  })
}
