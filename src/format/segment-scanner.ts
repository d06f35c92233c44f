import { RingwalError } from '../errors.ts'
import { frameBytes, readLsn } from './frame.ts'
import { FRAME_HEADER_BYTES, FRAME_LENGTH_AT, FRAME_PAYLOAD_LIMIT } from './frame-layout.ts'
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
  SCAN_WHOLE_EXPECTED_AT,
  SCAN_ZEROS,
} from './kernel/scan-layout.ts'
import type { BadRegion, ByteSource, ScanSettings, ScanStep } from './scan-step.ts'

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
  wholeExpected: number
  wholeCheck = 0n
  /** Frames of a run stand here. Grows, as a new memory, where a frame is longer than the capacity. */
  memory: FrameMemory

  private readonly source: ByteSource
  private readonly settings: ScanSettings
  private readonly start: number
  /** Lowest LSN that the next record may carry, and whether it must carry this one. */
  private lsn: number
  private exact: boolean
  /** Whether the last record said that its atomic batch goes on. */
  private open = false
  /** File offset of `memory.dataAt`, next address to read, address behind the last byte loaded. */
  private base: number
  private at: number
  private filled: number
  /** Whether an end frame was read. */
  sealed = false
  /** Bytes read or hashed for frames that then did not verify. */
  private vain = 0

  constructor(source: ByteSource, settings: ScanSettings, memory: FrameMemory) {
    this.source = source
    this.settings = { ...settings, payloadMax: Math.min(settings.payloadMax, FRAME_PAYLOAD_LIMIT) }
    this.memory = memory
    this.lsn = Math.max(settings.expected, 1)
    this.exact = settings.expected > 0
    this.start = settings.start ?? HEADER_PAGE_BYTES
    this.base = this.start
    this.wholeOffset = this.start
    this.wholeExpected = settings.expected
    this.at = memory.dataAt
    this.filled = memory.dataAt
  }

  /** LSN that the next record must carry; 0 if unknown. */
  get expected(): number {
    return this.exact ? this.lsn : 0
  }

  /** @throws ERR_RINGWAL_FORMAT at a frame that verifies but uses a feature this version does not know */
  next(): ScanStep {
    if (this.sealed) return { kind: 'end', reason: 'sealed', offset: this.offsetOf(this.at) }
    for (;;) {
      if (this.filled - this.at < FRAME_HEADER_BYTES && !this.isLoadedToEnd()) this.load(this.offsetOf(this.at))
      const from = this.at
      const stop = this.scan()
      if (this.at > from)
        return { kind: 'run', from, to: this.at, offset: this.offsetOf(from), records: this.recordsRead() }
      if (stop !== SCAN_MORE) return this.judge(stop)
      if (!this.isLoadedToEnd()) this.load(this.offsetOf(this.at))
      else if (this.filled === this.at) return { kind: 'end', reason: 'limit', offset: this.offsetOf(this.at) }
      else return this.judge(this.isZeroUntil(this.filled) ? SCAN_ZEROS : SCAN_BAD)
    }
  }

  /** One call of the kernel; moves `at` behind what verified. */
  private scan(): number {
    const { view, kernel, stateAt } = this.memory
    view.setUint32(stateAt + SCAN_WHOLE_AT, 0, true)
    view.setBigUint64(stateAt + SCAN_LSN_AT, BigInt(this.lsn), true)
    view.setBigUint64(stateAt + SCAN_LSN_MAX_AT, BigInt(this.lsnMax), true)
    view.setBigUint64(stateAt + SCAN_MARK_AT, BigInt(this.mark), true)
    view.setUint32(stateAt + SCAN_EXACT_AT, this.exact ? 1 : 0, true)
    view.setUint32(stateAt + SCAN_OPEN_AT, this.open ? 1 : 0, true)
    kernel.scan(this.at, this.filled, this.settings.salt, this.payloadLimit(), stateAt)
    this.at = view.getUint32(stateAt + SCAN_NEXT_AT, true)
    this.lsn = this.readNumber(SCAN_LSN_AT)
    this.mark = this.readNumber(SCAN_MARK_AT)
    this.exact = view.getUint32(stateAt + SCAN_EXACT_AT, true) !== 0
    this.open = view.getUint32(stateAt + SCAN_OPEN_AT, true) !== 0
    const whole = view.getUint32(stateAt + SCAN_WHOLE_AT, true)
    if (whole !== 0) {
      this.wholeOffset = this.offsetOf(whole)
      this.wholeExpected = this.readNumber(SCAN_WHOLE_EXPECTED_AT)
      this.wholeCheck = view.getBigUint64(stateAt + SCAN_WHOLE_CHECK_AT, true)
    }
    const stop = view.getUint32(stateAt + SCAN_STOP_AT, true)
    if (stop === SCAN_END) this.sealed = true
    return stop
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
    const patience = FIND_PATIENCE * (this.offsetOf(this.at) - this.start + frameBytes(payloadMax))
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
    const offset = this.offsetOf(this.at)
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
    if (stop === SCAN_ZEROS && this.isZeroFrom(offset)) return { kind: 'end', reason: 'zeros', offset }
    const stated = this.statedHere()
    if (stop === SCAN_GAP) {
      this.exact = false
      return { kind: 'bad', offset, bytes: 0, reason: 'gap', expected, ...stated, resumed: true }
    }
    const reason = this.reasonOf(stop, offset)
    const resumed = this.find()
    this.exact = false
    this.open = false
    const bytes = (resumed ? this.offsetOf(this.at) : this.settings.end) - offset
    return { kind: 'bad', offset, bytes, reason, expected, ...stated, resumed }
  }

  private statedHere(): { statedLsn: number; statedBytes: number } {
    if (this.filled - this.at < FRAME_HEADER_BYTES) return { statedLsn: 0, statedBytes: 0 }
    // Not frameBytes: a length that is no length may be more than its 32-bit arithmetic takes.
    const statedBytes = Math.ceil((this.lengthHere() + FRAME_HEADER_BYTES) / 8) * 8
    return { statedLsn: readLsn(this.memory.view, this.at), statedBytes }
  }

  private reasonOf(stop: number, offset: number): BadRegion['reason'] {
    if (stop === SCAN_ZEROS) return 'zeros'
    if (stop === SCAN_STRAY) return 'stray'
    if (this.filled - this.at < FRAME_HEADER_BYTES) return 'cut'
    const length = this.lengthHere()
    if (length > this.settings.payloadMax) return 'length'
    const bytes = frameBytes(length)
    if (bytes > this.settings.end - offset) return 'cut'
    this.vain += bytes
    return 'check'
  }

  /** Moves `at` to the next frame that verifies, from 8 bytes on. @returns false if there is none */
  private find(): boolean {
    const lsnMin = BigInt(this.lsn)
    const lsnMax = BigInt(this.lsnMax)
    const { salt } = this.settings
    this.at += 8
    for (;;) {
      const last = this.isLoadedToEnd()
      const { kernel } = this.memory
      const place = kernel.find(this.at, this.filled, salt, this.payloadLimit(), lsnMin, lsnMax, last ? 1 : 0)
      const undecided = (place & 1) === 1
      if (!undecided && place < this.filled) {
        this.at = place
        return true
      }
      if (last) {
        this.at = this.filled
        return false
      }
      this.at = place & ~1
      this.load(this.offsetOf(this.at))
      this.vain += this.filled - this.at
    }
  }

  /** Loads from `offset` on: a chunk, or as much as the frame there says it needs. */
  private load(offset: number): void {
    const { payloadMax, end } = this.settings
    const known = this.filled - this.at >= FRAME_HEADER_BYTES && offset === this.offsetOf(this.at)
    const length = known ? this.lengthHere() : 0
    const need = Math.min(frameBytes(Math.min(length, this.payloadLimit())), end - offset)
    const { capacity } = this.memory
    // Doubling, so that frames that grow by and by do not each cost a new memory.
    if (need > capacity)
      this.memory = this.memory.larger(Math.max(need, Math.min(2 * capacity, frameBytes(payloadMax))))
    const { bytes, dataAt } = this.memory
    const wish = Math.max(0, Math.min(this.memory.capacity, end - offset))
    const got = wish > 0 ? this.source.read(bytes, dataAt, wish, offset) : 0
    if (got < wish) bytes.fill(0, dataAt + got, dataAt + wish)
    this.base = offset
    this.at = dataAt
    this.filled = dataAt + wish
  }

  private lengthHere(): number {
    return this.memory.view.getUint32(this.at + FRAME_LENGTH_AT, true)
  }

  private offsetOf(address: number): number {
    return this.base + address - this.memory.dataAt
  }

  private isLoadedToEnd(): boolean {
    return this.offsetOf(this.filled) >= this.settings.end
  }

  private isZeroUntil(to: number): boolean {
    const words = new Int32Array(this.memory.bytes.buffer, this.at, (to - this.at) >> 2)
    if (hasNonZero(words)) return false
    return this.memory.bytes.subarray(this.at + words.length * 4, to).every((byte) => byte === 0)
  }

  /** Whether every byte from `offset`, which `at` stands for, to the end is zero. Then all is read; else `at` is back. */
  private isZeroFrom(offset: number): boolean {
    let zero = this.isZeroUntil(this.filled)
    for (; zero && !this.isLoadedToEnd(); zero = this.isZeroUntil(this.filled)) this.load(this.offsetOf(this.filled))
    if (zero) this.at = this.filled
    else if (this.offsetOf(this.at) !== offset) this.load(offset)
    return zero
  }
}

function hasNonZero(words: Int32Array): boolean {
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return true
  return false
}
