/** Repairs logs in memory, salvages files, and holds the result against what could be read of it before. */
import { RingwalError } from '../../src/errors.ts'
import { parseSegmentName } from '../../src/format/index.ts'
import type { Entry } from '../../src/read/entry.ts'
import type { ReadPorts } from '../../src/read/log-view.ts'
import { repair } from '../../src/repair/repair-log.ts'
import { planOptions, type RepairOptions, salvageOptions } from '../../src/repair/repair-options.ts'
import type { RepairPorts } from '../../src/repair/repair-ports.ts'
import type { RepairReport } from '../../src/repair/repair-report.ts'
import { salvage } from '../../src/repair/salvage-files.ts'
import { examine, type Findings } from './examine.ts'
import type { MemoryFiles } from './memory-files.ts'
import { Violation } from './oracle.ts'

/** Where repaired logs go, in the same memory. */
const REPAIRED = '/repaired'
const REPAIRED_AGAIN = '/repaired-again'

export interface Repaired {
  readonly report: RepairReport
  readonly findings: Findings
}

type Ports = ReadPorts & { readonly fs: MemoryFiles }

/**
 * Repairs a log, twice.
 * @returns undefined if there was nothing of which to make a log
 * @throws Violation, and whatever a repair throws
 */
export function repairTwice(
  ports: Ports,
  dir: string,
  options: Pick<RepairOptions, 'fixSingleBit'> = {},
): Promise<Repaired | undefined> {
  const request = planOptions({ ...options, output: REPAIRED })
  return madeLog(ports, () => repair(repairPorts(ports), dir, request))
}

/** Makes a log of loose files, and repairs that, which changes nothing. @returns and throws as `repairTwice` does */
export function salvageAndRepair(ports: Ports, files: readonly string[]): Promise<Repaired | undefined> {
  const request = salvageOptions({ output: REPAIRED })
  return madeLog(ports, () => salvage(repairPorts(ports), files, request))
}

async function madeLog(ports: Ports, make: () => Promise<RepairReport>): Promise<Repaired | undefined> {
  const { fs } = ports
  for (const path of [REPAIRED, REPAIRED_AGAIN]) fs.clear(path)
  fs.changed.clear()
  const report = await make().catch(nothingThere)
  checkChanges(fs)
  if (report === undefined) return undefined
  const findings = examine(ports, REPAIRED)
  checkClean(findings)
  await repair(repairPorts(ports), REPAIRED, planOptions({ output: REPAIRED_AGAIN }))
  checkSame(fs)
  return { report, findings }
}

function nothingThere(error: unknown): undefined {
  if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_NOT_FOUND') throw error
}

/** Whether a repaired log holds these records and no others, but for whose batch was broken. */
export function checkHolds(entries: readonly Entry[], repaired: Repaired | undefined): void {
  if (repaired === undefined) {
    if (entries.length > 0) throw new Violation('repair finds nothing, and a reader gets records')
    return
  }
  const { findings, report } = repaired
  const got = findings.entries
  const at = entries.findIndex((entry, i) => got[i] === undefined || !isSameRecord(entry, got[i]))
  if (at >= 0) throw new Violation(`LSN ${entries[at]!.lsn} could be read, and is not in the repaired log`)
  if (got.length > entries.length) throw new Violation(`LSN ${got[entries.length]!.lsn} is in the repaired log only`)
  const { recordsKept } = report
  if (recordsKept !== got.length)
    throw new Violation(`repair says that it kept ${recordsKept} records, of ${got.length}`)
}

function isSameRecord(one: Entry, other: Entry): boolean {
  const isSame = one.lsn === other.lsn && one.type === other.type && one.key === other.key && one.time === other.time
  return isSame && one.codec === other.codec && Buffer.compare(one.bytes, other.bytes) === 0
}

/** Locks nothing: the files are the test's own. */
function repairPorts(ports: Ports): RepairPorts {
  return {
    ...ports,
    lock: async () => ({ movedTo: () => {}, release: async () => {} }),
    lockHeld: () => undefined,
    now: () => 0,
    random: (bytes) => '0'.repeat(2 * bytes),
  }
}

/** Nothing is written but the new log, under the names that a log has. */
function checkChanges(fs: MemoryFiles): void {
  for (const path of fs.changed) {
    const [, name] = /^\/repaired(?:\.unfinished-[0-9a-f]+)?(?:\/(.*))?$/.exec(path) ?? [path, path]
    const isKnown = name === undefined || parseSegmentName(name) !== undefined || name.startsWith('repair-report.')
    if (!isKnown) throw new Violation(`a repair into ${REPAIRED} changed ${path}`)
  }
}

function checkClean({ report }: Findings): void {
  const { ok, tornTail, damage } = report
  if (!ok) throw new Violation(`the repaired log is damaged: ${JSON.stringify(damage)}`)
  if (tornTail !== null) throw new Violation(`the repaired log has a torn tail: ${JSON.stringify(tornTail)}`)
}

/** A repair of what is whole copies it byte for byte. */
function checkSame(fs: MemoryFiles): void {
  const segments = (dir: string) => fs.list(dir).filter((name) => parseSegmentName(name) !== undefined)
  const names = segments(REPAIRED)
  if (String(segments(REPAIRED_AGAIN)) !== String(names)) throw new Violation('a second repair makes other files')
  for (const name of names) {
    const isSame = Buffer.compare(fs.content(`${REPAIRED}/${name}`), fs.content(`${REPAIRED_AGAIN}/${name}`)) === 0
    if (!isSame) throw new Violation(`a second repair makes another ${name}`)
  }
}
