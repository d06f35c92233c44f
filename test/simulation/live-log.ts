/** The actors of one open log, and what they know of one another: who may act now, and what must hold. */
import { createKernelMemory } from '../../src/format/index.ts'
import { RingMemory, RingProducer } from '../../src/ring/index.ts'
import type { Appender } from '../../src/wal/appender.ts'
import { STATE_OPEN, STATE_POISONED } from '../../src/wal/control-layout.ts'
import { type LogHarness, recover } from '../support/log-harness.ts'
import { thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'
import type { LogModel, ModelRecord } from '../wal/log-model.ts'
import { type Decision, PRODUCERS_MAX } from './decision.ts'
import { recordsOf, sizesOf } from './stamped-records.ts'
import { type LiveModel, observeWhole, readWhole, WatchedFollower } from './watched-readers.ts'

interface Producer {
  readonly appender: Appender
  readonly owner: number
  last: number
}

/** Actors that are one thread each: who has a call under way can not begin another. */
type Actor = 'writer' | 'steward' | 'reader'

const memory = createKernelMemory(1 << 16)

export class LiveLog {
  harness!: LogHarness
  isOpen = false
  private disk!: SimulatedDisk
  private records: (ModelRecord | undefined)[] = []
  /** What was durable before the log was opened this time. */
  private floor = 0
  private cut = 1
  private seen = 0
  private producers: (Producer | undefined)[] = []
  private followers: (WatchedFollower | undefined)[] = []
  private retiring: Generator<undefined, unknown> | undefined
  private readonly busy: Set<Actor> = new Set()

  /** The model of what a crash may leave now. */
  get model(): LogModel {
    return { records: this.records, durable: this.durable, cut: this.cut }
  }

  private get durable(): number {
    return this.isOpen ? Math.max(this.floor, this.harness.durable) : this.floor
  }

  private readonly liveModel = (): LiveModel => ({
    records: this.records,
    durable: this.durable,
    cut: this.cut,
    retired: this.harness.control.counts.readCounts().retiredSegments,
    survives: () => recover(this.disk.crash(dropAll), { memory }).resume.nextLsn - 1,
  })

  /** @throws if what recovery found can not be */
  begin(harness: LogHarness, disk: SimulatedDisk): void {
    const last = harness.recovered.resume.nextLsn - 1
    if (last < this.floor || last > this.records.length)
      throw new Error(`opened at LSN ${last}, durable was ${this.floor}, appended ${this.records.length}`)
    this.harness = harness
    this.disk = disk
    this.records.length = last
    this.floor = last
    this.seen = last
    this.producers = [{ appender: harness.appender, owner: -1, last: 0 }]
    this.isOpen = true
  }

  /** The process is gone, and its readers with it. */
  async end(): Promise<void> {
    this.floor = this.durable
    this.isOpen = false
    this.retiring = undefined
    this.busy.clear()
    for (const follower of this.followers) await follower?.end()
    this.followers = []
  }

  /** @throws if the durable LSN fell, or passed what was appended */
  requireMonotonic(): void {
    if (!this.isOpen) return
    const { durable } = this.harness
    if (durable < this.seen || durable > this.records.length)
      throw new Error(`durable is LSN ${durable}, after ${this.seen}, of ${this.records.length}`)
    this.seen = durable
  }

  /** @returns false if the actor could not do it now */
  act({ do: deed, n }: Decision): boolean {
    const [a = 0, b = 0, c = 0, d = 0] = n
    switch (deed) {
      case 'append':
        return this.append(a, sizesOf(b, c, d), d)
      case 'fill':
        return Array.from({ length: b }, (_, i) => this.append(a, sizesOf(1, c, d + i), d + i)).includes(true)
      case 'exact':
        return this.append(0, Array<number>(a).fill(b), c)
      case 'join':
        return this.join()
      case 'leave':
        return this.leave(a)
      case 'die':
        return this.die(a, b, c)
      case 'flush':
        this.harness.control.requestFlush(this.producers[a % this.producers.length]?.appender.lastLsn ?? 0)
        return true
      case 'advance':
        this.harness.clock.advance(a)
        return true
      case 'step':
        return this.turn('writer', () => this.step(a))
      case 'steward':
        return this.turn('steward', () => this.makeSpares(a))
      case 'truncate':
        return this.turn('steward', () => this.truncate(a, b))
      case 'read':
        return this.turn('reader', () => this.read(a))
      case 'close':
        return this.turn('writer', () => this.turn('steward', () => void thrownBy(() => this.harness.close())))
      default:
        return false
    }
  }

  private turn(actor: Actor, action: () => void): boolean {
    if (this.busy.has(actor)) return false
    this.busy.add(actor)
    try {
      action()
    } finally {
      this.busy.delete(actor)
    }
    this.requireMonotonic()
    return true
  }

  private step(times: number): void {
    for (let i = 0; i < times && !this.isHeldUp && this.harness.step(); i++);
  }

  /** Whether the writer would wait for the steward, who can not go on before the writer's call returns. */
  private get isHeldUp(): boolean {
    const { control } = this.harness
    const { spareBusy, spareTaken } = control.steward
    if (control.steward.isNaming('steward')) return true
    return spareBusy !== 0 && spareBusy <= Math.max(spareTaken + 1, this.harness.recovered.resume.nextSegment)
  }

  private makeSpares(pieces: number): void {
    for (let i = 0; i < pieces && this.harness.spares?.step(); i++);
  }

  private append(place: number, sizes: readonly number[], stamp: number): boolean {
    const producer = this.producers[place % this.producers.length]
    if (producer === undefined) return false
    const count = sizes.length
    const records = recordsOf(sizes, stamp)
    let last = 0
    const refusal = thrownBy(() => {
      last = producer.appender.appendBytesBatch(records)
    }) as { code?: string } | undefined
    if (refusal !== undefined) {
      const codes = ['ERR_RINGWAL_FULL', 'ERR_RINGWAL_TOO_LARGE', 'ERR_RINGWAL_CLOSED', 'ERR_RINGWAL_POISONED']
      if (codes.includes(String(refusal.code))) return false
      throw refusal
    }
    this.expectNext(last - count + 1)
    if (last <= producer.last) throw new Error(`a producer gets LSN ${last} behind ${producer.last}`)
    producer.last = last
    this.records.push(...records)
    return true
  }

  private expectNext(lsn: number): void {
    if (lsn !== this.records.length + 1) throw new Error(`LSN ${lsn} is given behind ${this.records.length}`)
  }

  private join(): boolean {
    const place = this.producers.indexOf(undefined)
    if (this.producers.length === PRODUCERS_MAX && place < 0) return false
    if (this.harness.control.state !== STATE_OPEN) return false
    const producer = { ...this.harness.furtherAppender(), last: 0 }
    this.producers[place < 0 ? this.producers.length : place] = producer
    return true
  }

  /** The thread that opened the log stays. */
  private leave(place: number): boolean {
    const at = place % this.producers.length
    const producer = this.producers[at]
    if (at === 0 || producer === undefined) return false
    this.producers[at] = undefined
    this.harness.ring.returnOwner(producer.owner)
    return true
  }

  /** A thread dies between claim and publish: its LSNs are lost, and those behind them go on. */
  private die(place: number, count: number, bytes: number): boolean {
    const at = place % this.producers.length
    const producer = this.producers[at]
    if (at === 0 || producer === undefined) return false
    this.producers[at] = undefined
    const { ring } = this.harness
    const dying = RingProducer.further(RingMemory.attach(ring.memory), producer.owner)
    if (dying.tryClaim(bytes, count) >= 0) {
      this.expectNext(dying.sequence)
      for (let i = 0; i < count; i++) this.records.push(undefined)
    }
    ring.revokeOwner(producer.owner)
    return true
  }

  /** A truncation, or some pieces of it, so that others come in between. */
  private truncate(back: number, pieces: number): void {
    const { harness } = this
    if (this.retiring === undefined) {
      const lsn = Math.max(1, harness.durable + 1 - back)
      this.cut = Math.max(this.cut, lsn)
      this.retiring = harness.retirer.truncateBefore(lsn)
    }
    const error = thrownBy(() => {
      for (let i = 0; this.retiring !== undefined && (pieces === 0 || i < pieces); i++) {
        if (this.retiring.next().done) this.retiring = undefined
        // It would wait for a writer whose call this is inside of.
        if (harness.control.steward.isNaming('writer')) break
      }
    })
    if (error === undefined) return
    this.retiring = undefined
    const { code } = error as { code?: string }
    const isEnd = harness.control.state !== STATE_OPEN && ['ERR_RINGWAL_POISONED', 'ERR_RINGWAL_CLOSED'].includes(code!)
    if (!isEnd && code !== 'ERR_RINGWAL_IO') throw error
    // The writer learns of it by itself.
    if (harness.control.state === STATE_POISONED && !this.busy.has('writer')) harness.step()
  }

  private read(how: number): void {
    const { disk, harness } = this
    const error = thrownBy(() => {
      if (how === 0) readWhole(disk, this.liveModel)
      else observeWhole(disk, harness.clock, this.liveModel)
    })
    if (error === undefined || (error as { code?: string }).code === 'ERR_RINGWAL_IO') return
    throw error
  }

  async follow(place: number): Promise<void> {
    let follower = this.followers[place]
    if (follower === undefined || follower.isDone) follower = new WatchedFollower(this.disk, place, this.liveModel)
    this.followers[place] = follower
    try {
      await follower.look()
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_RINGWAL_IO') throw error
    }
  }
}
