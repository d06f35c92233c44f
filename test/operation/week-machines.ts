/** The two machines of a week: that of the log, which dies now and then, and that of its archive. */
import type { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { type DiskCall, LOOKS, type Operation } from '../support/simulated-disk-calls.ts'
import { randomChoice } from '../support/simulated-disk-crash.ts'
import type { Fault } from '../support/simulated-disk-faults.ts'

export type Death = 'kill' | 'power-cut'

/** What was there when the process died. */
export interface Remains {
  readonly log: SimulatedDisk
  readonly store: SimulatedDisk
  readonly how: Death
  readonly durable: number
  /** The call that was not carried out. */
  readonly operation: Operation
  readonly machine: 'log' | 'store'
}

/**
 * Lets the process die before a call: the log's disk is left as a kill or a power cut leaves it, the archive's as its own kernel
 * has it. What goes on behind that, in this thread, meets a disk that fails, and touches nothing of what is left.
 */
export class Machines {
  readonly log: SimulatedDisk
  readonly store: SimulatedDisk
  remains: Remains | undefined
  /** Calls that change something, of both disks. */
  changes = 0
  /** Looks at the disks between any two changes. */
  watch: () => void = () => {}
  /** What else happens while the archive's disk is called. */
  beside: () => void = () => {}
  /** Highest LSN that somebody was told to be durable. */
  durable: () => number = () => 0
  private callsLeft = Number.POSITIVE_INFINITY
  private how: Death = 'kill'
  private readonly random: SeededRandom
  private isInside = false

  constructor(log: SimulatedDisk, store: SimulatedDisk, random: SeededRandom) {
    this.log = log
    this.store = store
    this.random = random
    log.faults = { onCall: (_, __, call) => this.onCall('log', call) }
    store.faults = { onCall: (_, __, call) => this.onCall('store', call) }
  }

  static empty(random: SeededRandom): Machines {
    const disk = (): SimulatedDisk => new SimulatedDisk({ recordCalls: false })
    return new Machines(disk(), disk(), random)
  }

  /** The process dies before the n-th call from now on, from 1, that changes something. */
  doom(calls: number, how: Death): void {
    this.callsLeft = calls
    this.how = how
  }

  pardon(): void {
    this.callsLeft = Number.POSITIVE_INFINITY
  }

  get isDead(): boolean {
    return this.remains !== undefined
  }

  /** Now. */
  kill(how: Death): void {
    this.die(how, 'log', 'close')
  }

  private onCall(machine: 'log' | 'store', call: DiskCall): Fault | undefined {
    const { operation } = call
    if (this.isDead) return { errno: 'EIO' }
    // A list looks at every object there is: once a list is enough.
    if (machine === 'store' && operation !== 'statPath') this.actBeside()
    if (!this.isDead && isChange(call)) {
      this.changes++
      this.watch()
      if (--this.callsLeft <= 0) this.die(this.how, machine, operation)
    }
    return this.isDead ? { errno: 'EIO' } : undefined
  }

  private actBeside(): void {
    if (this.isInside) return
    this.isInside = true
    try {
      this.beside()
    } finally {
      this.isInside = false
    }
  }

  private die(how: Death, machine: 'log' | 'store', operation: Operation): void {
    const log = how === 'kill' ? this.log.processDeath() : this.log.crash(randomChoice(this.random.uint32(), 0.2))
    this.remains = { log, store: this.store.processDeath(), how, durable: this.durable(), machine, operation }
  }
}

function isChange({ operation, how }: DiskCall): boolean {
  return !LOOKS.includes(operation) && operation !== 'close' && how !== 'read'
}
