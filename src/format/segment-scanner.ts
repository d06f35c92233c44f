import { RingwalError } from '../errors.ts'
import { frameBytes, readLsn } from './frame.ts'
import { FRAME_HEADER_BYTES, FRAME_LENGTH_AT, FRAME_PAYLOAD_LIMIT, FRAME_TAG_AT } from './frame-layout.ts'
import type { FrameMemory } from './frame-memory.ts'
import { HEADER_PAGE_BYTES } from './header-layout.ts'
import {
  FIND_PATIENCE,
  SCAN_BAD,
  SCAN_END,
  SCAN_EXACT_AT,
  SCAN_GAP,
  SCAN_LSN_AT,
  SCAN_LSN_MAX_AT,
  SCAN_MARK_AT,
  SCAN_MORE,
  SCAN_NEXT_AT,
  SCAN_OPEN_AT,
  SCAN_RECORDS_AT,
  SCAN_STOP_AT,
  SCAN_STRAY,
  SCAN_UNKNOWN,
  SCAN_WHOLE_AT,
  SCAN_WHOLE_CHECK_AT,
  SCAN_WHOLE_LSN_AT,
  SCAN_ZEROS,
} from './kernel/scan-layout.ts'
import type { BadRegion, ByteSource, ScanSettings, ScanStep } from './scan-step.ts'
import { ScanWindow } from './scan-window.ts'

/** Bytes that are loaded at a time where every frame is a run of its own. */
const PACED_BYTES = 1 << 14

/** Payload bytes of the longest frame that is still tried after too much work for nothing. */
const SHORT_PAYLOAD_BYTES = 4096

/**
 * Walks one segment: runs of frames that verify, regions that do not, the end. After a bad region it steps by 8 to the
 * next place where a frame verifies, so that damage costs no more than the frames it touched.
 */
export class SegmentScanner {
  /** Highest LSN that a sync mark or end frame read so far proves durable. */
  mark = 0
  /** File offset, next LSN (0 if unknown) and check behind the last frame outside an unfinished atomic batch. */
  wholeOffset: number
  wholeLsn: number
  wholeCheck = 0n

  private readonly window: ScanWindow
  private readonly settings: ScanSettings
  private readonly start: number
  /** Lowest LSN that the next record may carry, and whether it must carry this one. */
  private lsn: number
  private exact: boolean
  /** Whether the last record said that its atomic batch goes on. */
  private open = false
  /** Whether an end frame was read. */
  sealed = false
  /** Bytes read or hashed for frames that then did not verify. */
  private vain = 0
  /**
   * File offset from which on a run is one frame only, so that who reads a part of a segment can stop where its neighbour
   * begins. A frame that reaches over the offset is a run by itself too.
   */
  paceFrom: number = Number.POSITIVE_INFINITY

  constructor(source: ByteSource, settings: ScanSettings, memory: FrameMemory) {
    const payloadMax = Math.min(settings.payloadMax, FRAME_PAYLOAD_LIMIT)
    this.settings = { ...settings, payloadMax }
    this.lsn = Math.max(settings.expected, 1)
    this.exact = settings.expected > 0
    this.start = settings.start ?? HEADER_PAGE_BYTES
    this.window = new ScanWindow(source, memory, this.start, settings.end, payloadMax)
    this.wholeOffset = this.start
    this.wholeLsn = this.lsn
    this.wholeCheck = settings.lastCheck ?? 0n
  }

  /** Frames of a run stand here. It is another one where a frame was longer than the capacity. */
  get memory(): FrameMemory {
    return this.window.memory
  }

  /** LSN that the next record must carry; 0 if unknown. */
  get expected(): number {
    return this.exact ? this.lsn : 0
  }

  /** Lowest LSN that the next record may carry, and so the lowest that can be missing here. */
  get lowest(): number {
    return this.lsn
  }

  /** Whether the last record read said that its atomic batch goes on. */
  get isBatchOpen(): boolean {
    return this.open
  }

  /** File offset of what will be read next. */
  get offset(): number {
    return this.window.offset
  }

  /** @throws ERR_RINGWAL_FORMAT at a frame that verifies but uses a feature this version does not know */
  next(): ScanStep {
    const { window } = this
    if (this.sealed) return { kind: 'end', reason: 'sealed', offset: window.offset }
    for (;;) {
      if (!window.hasHeader && !window.isLoadedToEnd) this.load()
      const from = window.at
      const stop = this.scan()
      if (window.at > from)
        return { kind: 'run', from, to: window.at, offset: window.offsetOf(from), records: this.recordsRead() }
      if (stop !== SCAN_MORE) return this.judge(stop)
      if (!window.isLoadedToEnd) this.load()
      else if (window.filled === window.at) return { kind: 'end', reason: 'limit', offset: window.offset }
      else return this.judge(window.isZero ? SCAN_ZEROS : SCAN_BAD)
    }
  }

  /** Loads from the place that is read next. */
  private load(): void {
    const { offset } = this.window
    // Who reads up to a place only is not to wait for a chunk of what stands behind it.
    this.window.load(offset, this.payloadLimit(), Math.max(0, this.paceFrom - offset) + PACED_BYTES)
  }

  /** One call of the kernel; moves on behind what verified. */
  private scan(): number {
    const { view, kernel, stateAt } = this.memory
    view.setUint32(stateAt + SCAN_WHOLE_AT, 0, true)
    view.setBigUint64(stateAt + SCAN_LSN_AT, BigInt(this.lsn), true)
    view.setBigUint64(stateAt + SCAN_LSN_MAX_AT, BigInt(this.lsnMax), true)
    view.setBigUint64(stateAt + SCAN_MARK_AT, BigInt(this.mark), true)
    view.setUint32(stateAt + SCAN_EXACT_AT, this.exact ? 1 : 0, true)
    view.setUint32(stateAt + SCAN_OPEN_AT, this.open ? 1 : 0, true)
    kernel.scan(this.window.at, this.scanEnd(), this.settings.salt, this.payloadLimit(), stateAt)
    this.window.at = view.getUint32(stateAt + SCAN_NEXT_AT, true)
    this.lsn = this.readNumber(SCAN_LSN_AT)
    this.mark = this.readNumber(SCAN_MARK_AT)
    this.exact = view.getUint32(stateAt + SCAN_EXACT_AT, true) !== 0
    this.open = view.getUint32(stateAt + SCAN_OPEN_AT, true) !== 0
    const whole = view.getUint32(stateAt + SCAN_WHOLE_AT, true)
    if (whole !== 0) {
      this.wholeOffset = this.window.offsetOf(whole)
      this.wholeLsn = this.readNumber(SCAN_WHOLE_LSN_AT)
      this.wholeCheck = view.getBigUint64(stateAt + SCAN_WHOLE_CHECK_AT, true)
    }
    const stop = view.getUint32(stateAt + SCAN_STOP_AT, true)
    if (stop === SCAN_END) this.sealed = true
    return stop
  }

  /** Where the kernel is to stop: at the end of what is loaded, or of the first frame that is to be a run of its own. */
  private scanEnd(): number {
    const { at, filled, hasHeader } = this.window
    const paceAt = this.window.addressOf(this.paceFrom)
    if (paceAt >= filled || !hasHeader) return filled
    const frameEnd = at + frameBytes(Math.min(this.window.length, FRAME_PAYLOAD_LIMIT))
    return frameEnd <= paceAt ? paceAt : Math.min(filled, frameEnd)
  }

  private get lsnMax(): number {
    return this.settings.lsnMax ?? Number.MAX_SAFE_INTEGER
  }

  /**
   * The longest payload to try. A file made to harm can name a long frame at every step, and each would be read and
   * hashed for nothing; after far more of that than damage ever brings, only short frames are tried.
   */
  private payloadLimit(): number {
    const { payloadMax } = this.settings
    const patience = FIND_PATIENCE * (this.window.offset - this.start + frameBytes(payloadMax))
    return this.vain > patience ? Math.min(payloadMax, SHORT_PAYLOAD_BYTES) : payloadMax
  }

  private recordsRead(): number {
    return this.memory.view.getUint32(this.memory.stateAt + SCAN_RECORDS_AT, true)
  }

  private readNumber(at: number): number {
    const { view, stateAt } = this.memory
    return view.getUint32(stateAt + at + 4, true) * 4294967296 + view.getUint32(stateAt + at, true)
  }

  /** What the place is at which the scan stopped without progress. */
  private judge(stop: number): ScanStep {
    const { offset } = this.window
    const expected = this.expected
    if (stop === SCAN_UNKNOWN) {
      throw new RingwalError(
        'ERR_RINGWAL_FORMAT',
        `the frame at offset ${offset} uses a feature this release does not know`,
        {
          offset,
        },
      )
    }
    if (stop === SCAN_ZEROS && this.window.skipZeros()) return { kind: 'end', reason: 'zeros', offset }
    const facts = { kind: 'bad', offset, expected, lowest: this.lsn, ...this.statedHere() } as const
    if (stop === SCAN_GAP) {
      this.exact = false
      return { ...facts, bytes: 0, reason: 'gap', checks: undefined, resumed: true }
    }
    const reason = this.reasonOf(stop, offset)
    const checks = reason === 'check' ? this.checksHere() : undefined
    const resumed = this.find()
    this.exact = false
    this.open = false
    const bytes = (resumed ? this.window.offset : this.settings.end) - offset
    return { ...facts, bytes, reason, checks, resumed }
  }

  /** Of a frame whose length can be, and that may have to be loaded whole first. */
  private checksHere(): BadRegion['checks'] {
    const { window } = this
    const size = frameBytes(window.length)
    if (window.length > this.payloadLimit()) return undefined
    if (window.filled - window.at < size) this.load()
    const carried = this.memory.view.getBigUint64(window.at, true)
    const hash = this.memory.kernel.xxh64(window.at + FRAME_LENGTH_AT, size - FRAME_LENGTH_AT)
    return { carried, computed: BigInt.asUintN(64, hash ^ this.settings.salt) }
  }

  private statedHere(): Pick<BadRegion, 'statedLsn' | 'statedBytes' | 'tagged'> {
    const { window } = this
    if (!window.hasHeader) return { statedLsn: 0, statedBytes: 0, tagged: false }
    // Not frameBytes: a length that is no length may be more than its 32-bit arithmetic takes.
    const statedBytes = Math.ceil((window.length + FRAME_HEADER_BYTES) / 8) * 8
    const { view } = this.memory
    const tag = view.getUint32(window.at + FRAME_TAG_AT, true)
    const tagged = tag === Number(BigInt.asUintN(32, this.settings.salt))
    return { statedLsn: readLsn(view, window.at), statedBytes, tagged }
  }

  private reasonOf(stop: number, offset: number): BadRegion['reason'] {
    if (stop === SCAN_ZEROS) return 'zeros'
    if (stop === SCAN_STRAY) return 'stray'
    if (!this.window.hasHeader) return 'cut'
    const { length } = this.window
    if (length > this.settings.payloadMax) return 'length'
    const bytes = frameBytes(length)
    if (bytes > this.settings.end - offset) return 'cut'
    this.vain += bytes
    return 'check'
  }

  /** Moves on to the next frame that verifies, from 8 bytes on. @returns false if there is none */
  private find(): boolean {
    const lsnMin = BigInt(this.lsn)
    const lsnMax = BigInt(this.lsnMax)
    const { window } = this
    window.at += 8
    for (;;) {
      const last = window.isLoadedToEnd
      const { at, filled } = window
      const place = this.memory.kernel.find(
        at,
        filled,
        this.settings.salt,
        this.payloadLimit(),
        lsnMin,
        lsnMax,
        last ? 1 : 0,
      )
      const undecided = (place & 1) === 1
      if (!undecided && place < filled) {
        window.at = place
        return true
      }
      if (last) {
        window.at = filled
        return false
      }
      window.at = place & ~1
      this.load()
      this.vain += window.filled - window.at
    }
  }
}
