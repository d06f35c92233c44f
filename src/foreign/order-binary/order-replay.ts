import type { FileSystem } from '../../storage/file-system.ts'
import { CappedList, listedTexts } from '../capped-list.ts'
import { exactInteger } from '../exact-number.ts'
import { DamageLog, type ForeignDamage } from '../foreign-damage.ts'
import { withWindow } from '../foreign-files.ts'
import type { ForeignPlan } from '../foreign-options.ts'
import type { ReplayCounts } from '../summary-line.ts'
import { inTurns, Turns } from '../turns.ts'
import { checkpointOrders, decodeEvent } from './decode-event.ts'
import { listOrderFiles, type OrderListing } from './log-files.ts'
import { OrderBook, type Outcome } from './order-book.ts'
import { OrderEntry } from './order-entry.ts'
import { type OrderEvent, TYPE_CHECKPOINT } from './order-events.ts'
import { type FoundEntry, OrderReader } from './order-reader.ts'
import { type OrderResult, orderResult } from './order-state.ts'

/** What a replay came to. The fields with an underscore, and those up to `warnings`, are the original's. */
export interface OrderReplayResult {
  readonly entries_replayed: number
  readonly bytes_replayed: number
  readonly corrupted_entries: number
  /** Beyond 2^53 − 1 a string. */
  readonly current_sequence: number | string
  readonly count: number
  readonly pending: number
  readonly terminal: number
  /** By client order id; without a prototype, so that every id is only an id. */
  readonly orders: Readonly<Record<string, OrderResult>>
  /** In the original's words; of more than `maxReports`, the first ones and a line that says how many more. */
  readonly warnings: readonly string[]
  /** All that is not as it should be, also what the original let pass, up to `maxReports`; `damageCount` counts the rest too. */
  readonly damage: readonly ForeignDamage[]
  readonly damageCount: number
  /** Bytes of all files, and those of them that gave no event. */
  readonly bytes: number
  readonly bytesLost: number
  /** What was left out of a directory, or is odd about it, in words. */
  readonly notes: readonly string[]
  readonly counts: ReplayCounts
}

/** One reading of an order log: of a file, or of the files of a directory. */
export class OrderReplay {
  readonly #fs: FileSystem
  readonly #listing: OrderListing
  readonly #damage: DamageLog
  readonly #warnings: CappedList<string>
  readonly #reader: OrderReader
  readonly #outcomes: Record<Outcome, number> = { applied: 0, ignored: 0, rejected: 0 }
  #bytes = 0

  /** @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_INPUT; ERR_RINGWAL_IO */
  constructor(fs: FileSystem, path: string, plan: ForeignPlan, prefix?: string) {
    this.#fs = fs
    this.#listing = listOrderFiles(fs, path, prefix)
    this.#damage = new DamageLog(plan.onDamage, plan.maxReports)
    this.#warnings = new CappedList(plan.maxReports)
    this.#reader = new OrderReader({ damage: this.#damage, warnings: this.#warnings }, plan.maxRecordBytes)
  }

  /** The entries that a replay would take in, in order, once. Memory is bounded by a window and one entry. */
  async *entries(): AsyncGenerator<OrderEntry> {
    for await (const found of inTurns(this.#find())) yield new OrderEntry(found, this.#decode(found))
  }

  /** Replays, once. Memory is bounded by a window, one entry, and the orders. */
  async run(): Promise<OrderReplayResult> {
    const turns = new Turns()
    const place = { file: '', offset: 0 }
    const book = new OrderBook({
      warn: (text) => this.#warnings.add(text),
      doubt: (reason) => this.#tell(place, 'content', reason),
    })
    for (const found of this.#find()) {
      if (turns.isDue()) await turns.give()
      if (found === undefined) continue
      Object.assign(place, { file: found.file, offset: found.offset })
      this.#outcomes[this.#apply(book, found)]++
    }
    return this.#result(book)
  }

  *#find(): Generator<FoundEntry | undefined> {
    for (const file of this.#listing.files) {
      yield* withWindow(this.#fs, file, (window) => {
        this.#bytes += window.size
        return this.#reader.read(window, file.openedAt)
      })
    }
  }

  #apply(book: OrderBook, found: FoundEntry): Outcome {
    if (found.header.type !== TYPE_CHECKPOINT) return book.apply(this.#decode(found))
    // All orders of a log may stand in one entry: they are taken in as they are decoded.
    const outcome = book.restore(checkpointOrders(found.payload))
    found.payload.finish()
    this.#tellFault(found)
    return outcome
  }

  #decode(found: FoundEntry): OrderEvent {
    const event = decodeEvent(found.header.type, found.payload)
    this.#tellFault(found)
    return event
  }

  #tellFault(found: FoundEntry): void {
    const { fault } = found.payload
    if (fault !== undefined)
      this.#tell(found, 'structure', `the payload is not one of type ${found.header.type}: ${fault}`)
  }

  #tell({ file, offset }: { file: string; offset: number }, kind: 'structure' | 'content', reason: string): void {
    this.#damage.add({ class: kind, file, offset, bytes: 0, expected: null, actual: null, reason })
  }

  #result({ orders }: OrderBook): OrderReplayResult {
    const { replayed, bytesReplayed, corrupted, lastSequence } = this.#reader
    const results: Record<string, OrderResult> = Object.create(null)
    let terminal = 0
    for (const [id, state] of orders) {
      results[id] = orderResult(state)
      if (state.isTerminal) terminal++
    }
    return {
      entries_replayed: replayed,
      bytes_replayed: bytesReplayed,
      corrupted_entries: corrupted,
      // The original set it by the newest file's name when it opened the log, and then by what it replayed.
      current_sequence: exactInteger(replayed > 0 ? lastSequence : (this.#listing.files.at(-1)?.openedAt ?? 0n)),
      count: orders.size,
      pending: orders.size - terminal,
      terminal,
      orders: results,
      warnings: listedTexts(this.#warnings, (text) => text),
      damage: this.#damage.list.items,
      damageCount: this.#damage.list.total,
      bytes: this.#bytes,
      bytesLost: this.#damage.bytesLost,
      notes: this.#listing.notes,
      counts: this.#counts(),
    }
  }

  #counts(): ReplayCounts {
    const { applied, ignored, rejected } = this.#outcomes
    const { replayed, corrupted, cutHeaders, passedOverLost, passedOverHarmless } = this.#reader
    const parseErrors = corrupted + cutHeaders
    return {
      lines: replayed + passedOverLost + passedOverHarmless + parseErrors,
      events: applied + rejected + passedOverLost,
      ignored: ignored + passedOverHarmless,
      parseErrors,
      stateRejected: rejected + passedOverLost,
      ledgerApplied: applied,
    }
  }
}
