/** Replays of other systems' logs. */
import { statSync } from 'node:fs'
import {
  describeForeignDamage,
  describeWarning,
  type ForeignDamage,
  orderBinaryJson,
  orderJsonlJsonParts,
  partitionBinaryJson,
  replayOrderBinary,
  replayOrderJsonl,
  streamPartitionBinary,
} from '../../src/foreign/index.ts'
import { STATUS_NAMES } from '../../src/trading/index.ts'
import { formatBytes, formatCount } from '../support/format.ts'
import type { TextTarget } from './json-target.ts'
import { countsText, firstOf, type ReplayRequest, type ReplayView } from './replay-view.ts'

/** The order gateway's. */
export async function replayJsonl(request: ReplayRequest, target: TextTarget | undefined): Promise<ReplayView> {
  const { path, strict, legacyTotals, onProgress } = request
  const result = await replayOrderJsonl(path, { strict, legacyTotals, onProgress })
  await writeAll(orderJsonlJsonParts(result), target)
  const { lines, events, ignored, parse_errors, state_rejected, ledger_applied } = result
  const byStatus = countBy([...result.orders.values()].map(({ status }) => STATUS_NAMES[status as 0] ?? 'unknown'))
  const problems = result.problems.map(
    ({ is, line, offset, reason }) => `${is}, line ${line}, offset ${offset}: ${reason}`,
  )
  const problemCount = parse_errors + state_rejected
  return {
    counts: {
      ...{ lines, events, ignored, parseErrors: parse_errors },
      ...{ stateRejected: state_rejected, ledgerApplied: ledger_applied },
    },
    isClean: result.isClean,
    bytes: statSync(path).size,
    rows: [
      ['orders', countsText(byStatus)],
      ['positions', formatCount(result.positions.length)],
    ],
    complaints: [
      ...firstOf(problems, problemCount),
      ...firstOf(result.warnings.map(describeWarning), result.warningsTotal),
    ],
  }
}

/** The stream broker's. */
export async function replayPartition(request: ReplayRequest, target: TextTarget | undefined): Promise<ReplayView> {
  const replay = streamPartitionBinary(request.path)
  if (target === undefined) for await (const _ of replay.records());
  else for await (const piece of partitionBinaryJson(replay)) await target(piece)
  const { counts, damage, damageCount, notes, recovered, crc_skipped, bytes, bytesLost } = replay.summary()
  return {
    counts,
    isClean: damageCount === 0 && !(request.strict && notes.length > 0),
    bytes,
    rows: [
      ['recovered', formatCount(recovered)],
      ['bad checksum', formatCount(crc_skipped)],
      ['bytes lost', shareLost(bytesLost, bytes)],
    ],
    complaints: told(damage, damageCount, notes),
  }
}

/** The trading engine's. */
export async function replayOrderLog(request: ReplayRequest, target: TextTarget | undefined): Promise<ReplayView> {
  const { path, prefix, strict } = request
  const result = await replayOrderBinary(path, prefix === undefined ? {} : { prefix })
  await writeAll(orderBinaryJson(result), target)
  const { counts, damage, damageCount, notes, pending, terminal, current_sequence, bytes, bytesLost } = result
  const { stateRejected, parseErrors } = counts
  const isWhole = damageCount === 0 && parseErrors === 0 && stateRejected === 0
  return {
    counts,
    isClean: isWhole && !(strict && result.warnings.length + notes.length > 0),
    bytes,
    rows: [
      ['orders', countsText({ pending, terminal })],
      ['sequence', String(current_sequence)],
      ['bytes lost', shareLost(bytesLost, bytes)],
    ],
    complaints: [...told(damage, damageCount, notes), ...firstOf(result.warnings)],
  }
}

async function writeAll(pieces: Iterable<string>, target: TextTarget | undefined): Promise<void> {
  if (target !== undefined) for (const piece of pieces) await target(piece)
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

function shareLost(bytesLost: number, bytes: number): string {
  const share = bytes === 0 ? 0 : (100 * bytesLost) / bytes
  return `${formatBytes(bytesLost)} of ${formatBytes(bytes)}, ${share.toFixed(2)} %`
}

function told(damage: readonly ForeignDamage[], total: number, notes: readonly string[]): string[] {
  return [...firstOf(damage.map(describeForeignDamage), total), ...firstOf(notes)]
}
