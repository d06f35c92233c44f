import { RingwalError } from '../../errors.ts'
import type { FileSystem } from '../../storage/file-system.ts'
import { nodeFileSystem } from '../../storage/node-file-system.ts'
import { CappedList } from '../capped-list.ts'
import { fileChunks } from './file-chunks.ts'
import { LineReader } from './line-reader.ts'
import { LineSplitter, type RawLine } from './line-splitter.ts'
import type { OrderJsonlWarning } from './line-warnings.ts'
import { checkPath, type OrderJsonlReplayOptions, planReplay, type ReplayPlan } from './options.ts'
import { OrderFold } from './order-fold.ts'
import type { OrderJsonlProblem, OrderJsonlResult } from './result.ts'
import { listOrders, listPositions } from './state-listing.ts'
import type { StreamRefusal } from './stream-check.ts'

/**
 * Replays a gateway's log as the gateway did, counter for counter, and tells of what it did by accident. A file of version 4
 * that is not right in every record is refused: the result has no state, one parse error and `refusal`.
 *
 * Memory is that of the state, the reports and one line.
 *
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_IO; ERR_RINGWAL_ABORTED
 */
export async function replayOrderJsonl(
  path: string,
  options: OrderJsonlReplayOptions = {},
  fs: FileSystem = nodeFileSystem,
): Promise<OrderJsonlResult> {
  checkPath(path)
  const plan = planReplay(options)
  const replay = new Replay(plan)
  const splitter = new LineSplitter(plan.maxLineBytes)
  throwIfAborted(plan, path)
  for await (const { bytes, bytesDone, bytesTotal } of fileChunks(fs, path)) {
    for (const line of splitter.push(bytes)) replay.take(line)
    plan.onProgress(bytesDone, Math.max(bytesDone, bytesTotal))
    throwIfAborted(plan, path)
    if (replay.refusal !== undefined) break
  }
  const last = splitter.end()
  if (last !== undefined) replay.take(last)
  return replay.result()
}

function throwIfAborted({ signal }: ReplayPlan, path: string): void {
  if (!signal?.aborted) return
  throw new RingwalError(
    'ERR_RINGWAL_ABORTED',
    `the replay of ${path} was ended by its caller`,
    { path },
    signal.reason,
  )
}

class Replay {
  readonly #plan: ReplayPlan
  readonly #reader: LineReader = new LineReader()
  readonly #fold: OrderFold
  readonly #warnings: CappedList<OrderJsonlWarning>
  readonly #problems: CappedList<OrderJsonlProblem>
  #ignored = 0
  #parseErrors = 0
  #isDamaged = false

  constructor(plan: ReplayPlan) {
    this.#plan = plan
    this.#fold = new OrderFold(plan.legacyTotals)
    this.#warnings = new CappedList(plan.maxReports)
    this.#problems = new CappedList(plan.maxReports)
  }

  get refusal(): StreamRefusal | undefined {
    return this.#reader.check.refusal
  }

  take(line: RawLine): void {
    const read = this.#reader.read(line)
    if (read === undefined) return
    for (const warning of read.warnings) this.#warn(warning)
    const { reading } = read
    if (reading.is === 'ignored') this.#ignored++
    else if (reading.is === 'error') {
      this.#parseErrors++
      this.#problem('parse-error', line, reading.reason)
    } else {
      const reason = this.#fold.apply(reading)
      if (reason !== undefined) this.#problem('state-rejected', line, reason)
    }
  }

  result(): OrderJsonlResult {
    if (this.refusal !== undefined) return refusedResult(this.refusal)
    const fold = this.#fold
    const orders = listOrders(fold, (id) =>
      this.#warn({
        code: 'not-utf8',
        line: 0,
        offset: 0,
        isDamage: false,
        reason: `order id ${JSON.stringify(id)} is no UTF-8`,
      }),
    )
    const isFlawless = this.#parseErrors === 0 && fold.stateRejected === 0 && !this.#isDamaged
    return {
      lines: this.#reader.lines,
      events: fold.events,
      ignored: this.#ignored,
      parse_errors: this.#parseErrors,
      state_rejected: fold.stateRejected,
      ledger_applied: fold.ledgerApplied,
      active: fold.countActive(),
      orders,
      positions: listPositions(fold),
      warnings: this.#warnings.items,
      warningsTotal: this.#warnings.total,
      problems: this.#problems.items,
      refusal: undefined,
      isClean: isFlawless && !(this.#plan.strict && this.#warnings.total > 0),
    }
  }

  #warn(warning: OrderJsonlWarning): void {
    this.#warnings.add(warning)
    this.#isDamaged ||= warning.isDamage
  }

  #problem(is: OrderJsonlProblem['is'], line: RawLine, reason: string): void {
    this.#problems.add({ is, line: line.number, offset: line.offset, reason })
  }
}

/** As the gateway of version 4 counted: nothing but one parse error. */
function refusedResult(refusal: StreamRefusal): OrderJsonlResult {
  const { line, offset, reason } = refusal
  return {
    lines: 0,
    events: 0,
    ignored: 0,
    parse_errors: 1,
    state_rejected: 0,
    ledger_applied: 0,
    active: 0,
    orders: new Map(),
    positions: [],
    warnings: [{ code: 'refused', line, offset, isDamage: true, reason: `refuses the whole file: ${reason}` }],
    warningsTotal: 1,
    problems: [{ is: 'parse-error', line, offset, reason }],
    refusal,
    isClean: false,
  }
}
