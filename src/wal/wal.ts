import { resolve } from 'node:path'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { type ErrorRecord, RingwalError } from '../errors.ts'
import { FRAME_HEADER_BYTES, HEADER_PAGE_BYTES } from '../format/index.ts'
import { RingMemory, RingProducer } from '../ring/index.ts'
import { type DirectoryLock, lockDirectory } from '../storage/directory-lock.ts'
import { makeDirectories } from '../storage/make-directories.ts'
import { nodeFileSystem } from '../storage/node-file-system.ts'
import { Appender, type AppenderSettings } from './appender.ts'
import {
  LogControl,
  largestClaim,
  STATE_CLOSED,
  STATE_CLOSING,
  STATE_OPEN,
  STATE_POISONED,
  type WriterCounts,
} from './control.ts'
import { ExitHooks } from './exit-hooks.ts'
import { type ResolvedOptions, resolveOptions, type WalOptions } from './options.ts'
import type { ProducerInvitation } from './protocol.ts'
import type { RecoveryReport } from './recovery.ts'
import { LogThreads } from './threads.ts'
import { WalProducer } from './wal-producer.ts'

/** What `stats()` tells: counts since the log was opened, and how things stand. */
export interface WalStats extends WriterCounts {
  readonly state: 'open' | 'closing' | 'closed' | 'poisoned'
  /** This thread's latest LSN, and the log's highest durable one. */
  readonly lastLsn: number
  readonly durableLsn: number
  readonly ringBytes: number
  /** Bytes claimed in the ring and not yet written. */
  readonly ringUsedBytes: number
}

const STATE_NAMES: Readonly<Record<number, WalStats['state']>> = {
  [STATE_OPEN]: 'open',
  [STATE_CLOSING]: 'closing',
  [STATE_CLOSED]: 'closed',
  [STATE_POISONED]: 'poisoned',
}

interface Parts {
  readonly dir: string
  readonly options: ResolvedOptions
  readonly lock: DirectoryLock
  readonly threads: LogThreads
  readonly recovery: RecoveryReport
  readonly control: LogControl
  readonly ringProducer: RingProducer
  readonly settings: AppenderSettings
}

const STEWARD_DIED: ErrorRecord = {
  code: 'ERR_RINGWAL_WRITER_DIED',
  message: "the log's steward thread died; reopen the log",
  facts: {},
}

/** An open log, in the thread that opened it. See `Appender` for appending and durability. */
export class Wal extends Appender implements AsyncDisposable {
  /** The log's directory, absolute. */
  readonly dir: string
  /** What opening it found. */
  readonly recovery: RecoveryReport
  private readonly lock: DirectoryLock
  private readonly threads: LogThreads
  private readonly hooks: ExitHooks
  private closing: Promise<void> | undefined

  private constructor(parts: Parts) {
    super(parts.control, parts.ringProducer, parts.settings, parts.threads.writer)
    this.dir = parts.dir
    this.recovery = parts.recovery
    this.lock = parts.lock
    this.threads = parts.threads
    this.hooks = new ExitHooks(this, parts.options)
  }

  /**
   * Opens a log for writing: makes the directory if need be, locks it, recovers what is there, starts the threads.
   * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_LOCKED; ERR_RINGWAL_DAMAGED; ERR_RINGWAL_SEGMENTS; ERR_RINGWAL_IO
   */
  static async open(options: WalOptions): Promise<Wal> {
    const resolved = resolveOptions(options)
    const dir = resolve(resolved.dir)
    makeDirectories(nodeFileSystem, dir)
    const lock = await lockDirectory(dir)
    const threads = new LogThreads(dir, resolved)
    try {
      const opened = await threads.begin(() => endWithSteward(new LogControl(RingMemory.attach(opened.memory))))
      const ring = RingMemory.attach(opened.memory)
      const control = new LogControl(ring)
      const settings = appenderSettings(resolved, opened.useBigInt64)
      const ringProducer = RingProducer.first(ring, opened.nextLsn)
      return new Wal({
        dir,
        options: resolved,
        lock,
        threads,
        recovery: opened.recovery,
        control,
        ringProducer,
        settings,
      })
    } catch (error) {
      await threads.abandon()
      await lock.release()
      throw error
    }
  }

  /**
   * Takes up, in another worker thread, the port that `producer()` returned.
   * @throws ERR_RINGWAL_INPUT if the port is no such port, or was taken up before
   */
  static attach(port: MessagePort): WalProducer {
    const invitation = receiveMessageOnPort(port)?.message as ProducerInvitation | undefined
    if (invitation?.kind !== 'ringwal-producer') {
      throw new RingwalError(
        'ERR_RINGWAL_INPUT',
        'the port does not come from wal.producer(), or was attached before',
        {},
      )
    }
    return new WalProducer(invitation, port)
  }

  /**
   * A place for one more thread that appends: transfer the port to a worker (in `transferList`), and call `Wal.attach`
   * there. It is given back when that thread detaches or ends, however it ends. From the first call on, appends of this
   * thread pay for a compare-and-swap.
   * @throws ERR_RINGWAL_THREADS when 63 threads are attached
   */
  producer(): MessagePort {
    this.refuseIfEnded()
    this.ringProducer.share()
    const { ring } = this.control
    const owner = ring.takeOwner()
    const { port1, port2 } = new MessageChannel()
    const invitation = { kind: 'ringwal-producer', memory: ring.memory, owner, settings: this.settings } as const
    port2.postMessage(invitation satisfies ProducerInvitation)
    this.threads.watch(owner, port2)
    return port1
  }

  stats(): WalStats {
    const { control, ringProducer } = this
    return {
      ...control.readCounts(),
      state: STATE_NAMES[control.state] ?? 'open',
      lastLsn: this.lastLsn,
      durableLsn: control.durable,
      ringBytes: control.ring.capacity,
      ringUsedBytes: ringProducer.usedBytes,
    }
  }

  /**
   * Refuses further records, writes and syncs all that was accepted, seals the last segment, ends the threads and gives
   * the lock back. Calls after the first return the same promise.
   * @param timeoutMs how long to wait for a slow disk; after it ERR_RINGWAL_TIMEOUT, with the closing still going on
   * @throws ERR_RINGWAL_POISONED if the log was, or became, poisoned; its threads and lock are given back all the same
   */
  close(timeoutMs: number = 2 ** 31 - 1): Promise<void> {
    this.closing ??= this.shutDown()
    return within(this.closing, timeoutMs)
  }

  /**
   * Writes, syncs and seals what was accepted, blocking this thread: for the `exit` hook, where nothing asynchronous runs
   * any more. The threads and the lock end with the process.
   * @throws ERR_RINGWAL_TIMEOUT; ERR_RINGWAL_POISONED
   */
  closeBlocking(timeoutMs: number): void {
    this.beginClosing()
    this.waits.waitClosed(timeoutMs)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private beginClosing(): void {
    this.control.ring.close(STATE_CLOSED)
    this.control.moveState(STATE_OPEN, STATE_CLOSING)
    this.control.ring.wakeConsumer()
  }

  private async shutDown(): Promise<void> {
    this.beginClosing()
    await this.threads.end()
    this.hooks.remove()
    await this.lock.release()
    if (this.control.state !== STATE_CLOSED) throw this.control.failure ?? writerVanished(this.durableLsn)
  }
}

/** Without a steward nobody would notice the death of the other threads: the log must not outlive it. */
function endWithSteward(control: LogControl): void {
  control.poison(STEWARD_DIED)
  // The writer may wait for it to finish a piece of work.
  control.setSpareBusy(0)
}

function appenderSettings(options: ResolvedOptions, useBigInt64: boolean): AppenderSettings {
  const { maxRecordBytes, backpressure, waitMs, ringBytes, segmentBytes } = options
  const inSegment = segmentBytes - HEADER_PAGE_BYTES - 4 * FRAME_HEADER_BYTES
  return {
    maxRecordBytes,
    batchBytesMax: Math.min(largestClaim(ringBytes), inSegment),
    backpressure,
    waitMs,
    useBigInt64,
  }
}

function writerVanished(durableLsn: number): RingwalError {
  return new RingwalError('ERR_RINGWAL_WRITER_DIED', 'the writer thread ended without closing the log', { durableLsn })
}

async function within(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const refuse = (): void =>
      reject(new RingwalError('ERR_RINGWAL_TIMEOUT', `the log did not close in ${timeoutMs} ms`, { timeoutMs }))
    timer = setTimeout(refuse, timeoutMs)
  })
  try {
    await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
