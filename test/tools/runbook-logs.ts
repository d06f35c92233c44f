/** The logs of the runbook's examples: 2,400 orders in four segments, the same bytes at any time, and what befell them. */
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { archiveLog } from '../../src/archive/archive-log.ts'
import { directoryTarget } from '../../src/archive/directory-target.ts'
import { decodeHeaderPage, encodeHeaderPage, HEADER_PAGE_BYTES, segmentName } from '../../src/format/index.ts'
import { Wal } from '../../src/index.ts'
import { repairLog } from '../../src/repair/index.ts'
import { setPosition } from '../../src/retention/outside-positions.ts'
import { deadPid, writeLock } from '../storage/stale-lock.ts'
import { checker, LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { FAILING_DISK, type FailingDisk } from './failing-disk.ts'
import { type Application, startApplication } from './runbook-application.ts'

/** What a block of the runbook finds. */
export interface PreparedLog {
  readonly env: NodeJS.ProcessEnv
  readonly application: Application | undefined
}

interface Place {
  /** The directory in which the commands are given; the log is `data/wal` in it. */
  readonly home: string
  readonly dir: string
  pathOf(segment: number): string
}

type Told = FailingDisk | Application | undefined

const LOG_ID = '5d1c7e0a94b84f03b6a2c8f17e90d3ab'
const OTHER_LOG_ID = 'e07b3f9a61d24c58a9400d52c6b8f713'
/** 2026-11-20T21:48:00Z in nanoseconds: each order comes a millisecond after the one before. */
const FIRST_TIME = 1_795_211_280_000_000_000n
const RECORDS = 2400
/** 2026-11-20T22:03:00Z */
const CANCEL_TIME = 1_795_212_180_000_000_000n

/** An order that is filled in two trades, as the order gateway writes it down. */
const GATEWAY_LINES: readonly object[] = (() => {
  const order = { account_id: 'acc', client_order_id: 'c-1', instrument_id: 'IF2612', reason: 'long' }
  const events = [
    { kind: 'order', ...order, status: 1, total_volume: 3, filled_volume: 0 },
    { kind: 'trade', ...order, status: 2, total_volume: 3, filled_volume: 1, avg_fill_price: 4000 },
    { kind: 'rollover', trading_day: '20261120' },
    { kind: 'trade', ...order, status: 3, total_volume: 3, filled_volume: 3, avg_fill_price: 4002 },
  ]
  return events.map((event, seq) => ({ seq, ...event, ts_ns: 1_770_000_000_000_000 + seq }))
})()

/** Each puts the log of its name in place. @returns what is to be known besides, or to be ended behind */
const LOGS: Readonly<Record<string, (place: Place) => Told | Promise<Told>>> = {
  whole: (place) => putLog(place),
  'one-bit': async (place) => {
    putLog(place, { end: 'dead' })
    edit(place.pathOf(2), (bytes) => flip(bytes, 30_000, 4))
    await refuseToOpen(place)
  },
  'many-places': (place) => {
    putLog(place)
    backUp(place)
    edit(place.pathOf(1), (bytes) => flip(flip(bytes, 5000, 1), 5003, 6))
    edit(place.pathOf(2), (bytes) => flip(bytes.fill(0, 40_960, 45_056).fill(0xee, 20_000, 20_900), 30_000, 4))
  },
  'lost-header': (place) => {
    putLog(place)
    edit(place.pathOf(2), (bytes) => bytes.fill(0xee, 0, 4096))
  },
  'missing-segment': (place) => {
    putLog(place)
    mkdirSync(join(place.home, 'lost+found'))
    renameSync(place.pathOf(2), join(place.home, 'lost+found', '#1234'))
  },
  'renamed-segment': (place) => {
    putLog(place)
    renameSync(place.pathOf(2), place.pathOf(7))
  },
  'cut-segment': (place) => {
    putLog(place)
    backUp(place)
    truncateSync(place.pathOf(2), 40_000)
  },
  'cut-end': (place) => {
    putLog(place)
    truncateSync(place.pathOf(4), 20_000)
  },
  'foreign-file': (place) => {
    putLog(place)
    const other = orders({ count: 300, logId: OTHER_LOG_ID })
    writeFileSync(place.pathOf(5), other.get(segmentName(1))!)
    copyFileSync(place.pathOf(2), place.pathOf(6))
  },
  'torn-tail': (place) => {
    putLog(place, { count: RECORDS + 5, end: 'dead' })
    // The sector of a record that was never synced did not reach the disk; the two behind it did.
    edit(place.pathOf(4), (bytes) => bytes.fill(0, lastByte(bytes) - 300, lastByte(bytes) - 250))
  },
  'full-disk': (place) => {
    putLog(place, { count: RECORDS + 5, end: 'dead' })
    writeFileSync(join(place.dir, 'LOCK.spare'), Buffer.alloc(4096, ' '))
    return { full: { dir: join(place.home, 'data'), bytes: 4 * 65_536 + 4096 } }
  },
  'left-lock': (place) => {
    putLog(place, { count: RECORDS + 5, end: 'dead' })
    const namespaces = { pidNamespace: 'pid:[4026532999]', netNamespace: 'net:[4026532998]' }
    writeLock(place.dir, { pid: 7, hostname: 'app-7f9c', startTime: '1', ...namespaces })
  },
  'stale-lock': (place) => {
    putLog(place, { count: RECORDS + 5, end: 'dead' })
    writeLock(place.dir, { pid: deadPid(), startTime: '1' })
  },
  'bad-disk': (place) => {
    putLog(place)
    return { unreadable: { file: `/data/wal/${segmentName(2)}`, from: 40_960, to: 45_056 } }
  },
  'live-log': async (place) => {
    putLog(place)
    return startApplication(place.home, place.dir, 10)
  },
  'replaced-file': async (place) => {
    putLog(place)
    const application = await startApplication(place.home, place.dir, 10)
    const old = join(place.home, 'old-copy')
    copyFileSync(place.pathOf(5), old)
    await application.append(30)
    // The writer notices within a second, and a busy machine takes longer for the commands.
    application.hold()
    renameSync(old, place.pathOf(5))
    return application
  },
  archived: async (place) => {
    putLog(place)
    const archive = directoryTarget(join(place.home, 'backup'))
    await archiveLog(place.dir, archive)
    const wal = await Wal.open({ dir: place.dir })
    wal.append({ kind: 'cancel-all', by: 'mistake' }, { time: CANCEL_TIME })
    await wal.close()
    await archiveLog(place.dir, archive)
  },
  held: async (place) => {
    putLog(place)
    await setPosition(place.dir, 'database', 2380)
    await setPosition(place.dir, 'replica', 200)
  },
  gateway: ({ home }) => {
    writeFileSync(join(home, 'runtime_events.wal'), GATEWAY_LINES.map((line) => `${JSON.stringify(line)}\n`).join(''))
  },
  'interrupted-repair': async (place) => {
    putLog(place)
    edit(place.pathOf(2), (bytes) => flip(bytes, 30_000, 4))
    const { originals } = await repairLog(place.dir, { inPlace: true })
    renameSync(place.dir, originals!.replace('.broken-', '.repairing-'))
  },
}

/** Puts the log of a name in place. @param home an empty directory */
export async function prepareLog(name: string, home: string): Promise<PreparedLog> {
  const make = LOGS[name]
  if (make === undefined) throw new Error(`there is no log ${name}; there are ${Object.keys(LOGS).join(', ')}`)
  const dir = join(home, 'data', 'wal')
  mkdirSync(dir, { recursive: true })
  const told = await make({ home, dir, pathOf: (segment) => join(dir, segmentName(segment)) })
  const isApplication = told !== undefined && 'append' in told
  if (told === undefined || isApplication) return { env: {}, application: told }
  const preload = new URL('./failing-disk.js', import.meta.url).href
  return { env: { NODE_OPTIONS: `--import=${preload}`, [FAILING_DISK]: JSON.stringify(told) }, application: undefined }
}

interface Orders {
  readonly count?: number
  readonly end?: 'closed' | 'dead'
  readonly logId?: string
}

type Files = ReadonlyMap<string, Uint8Array>
const made = new Map<string, Files>()

/** Files of a log of orders. */
function orders(options: Orders): Files {
  const key = JSON.stringify(options)
  const files = made.get(key) ?? writeOrders(options)
  made.set(key, files)
  return files
}

function writeOrders({ count = RECORDS, end = 'closed', logId = LOG_ID }: Orders): Files {
  const clock = new ManualClock()
  clock.wall = FIRST_TIME
  const log = LogHarness.open(new SimulatedDisk({ recordCalls: false }), { policy: 'always', clock })
  for (let i = 1; i <= count; i++) {
    const side = i % 2 === 1 ? 'buy' : 'sell'
    clock.advance(1)
    const order = { kind: 'order', id: `c-${i}`, side, price: 58_000 + ((i * 37) % 500), size: 1 + (i % 9) }
    log.appender.append(order, { type: 7, time: clock.wallNs() })
    // Batches of eight.
    if (i % 8 === 0) log.settle()
  }
  log.settle()
  if (end === 'closed') log.close()
  const files = log.disk.list(LOG_DIR).filter((name) => name.endsWith('.rwal'))
  return new Map(files.map((name) => [name, ofLog(log.disk.readFile(`${LOG_DIR}/${name}`), logId)]))
}

/** A new log's id is drawn by lot: here it is always the same. */
function ofLog(bytes: Uint8Array<ArrayBuffer>, logId: string): Uint8Array<ArrayBuffer> {
  const { header } = decodeHeaderPage(bytes.subarray(0, HEADER_PAGE_BYTES), checker)
  bytes.set(encodeHeaderPage({ ...header!, logId }, checker))
  return bytes
}

function putLog({ dir }: Place, options: Orders = {}): undefined {
  for (const [name, bytes] of orders(options)) writeFileSync(join(dir, name), bytes, { mode: 0o600 })
}

/** A copy of the older segments, as a backup made an hour ago has them. */
function backUp({ home, pathOf }: Place): void {
  mkdirSync(join(home, 'backup'))
  for (const segment of [1, 2, 3]) copyFileSync(pathOf(segment), join(home, 'backup', segmentName(segment)))
}

/** What an application that does not come up leaves in its log. */
async function refuseToOpen({ home, dir }: Place): Promise<void> {
  const refusal = await Wal.open({ dir }).then(
    () => 'started',
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  )
  const lines = [1, 2, 3].map((i) => `2026-11-20T21:50:0${i}.000Z engine could not start: ${refusal}\n`)
  writeFileSync(join(home, 'app.log'), lines.join(''))
  rmSync(join(dir, 'LOCK.spare'))
}

function edit(path: string, change: (bytes: Buffer) => unknown): void {
  const bytes = readFileSync(path)
  change(bytes)
  writeFileSync(path, bytes)
}

function flip(bytes: Uint8Array, offset: number, bit: number): Uint8Array {
  bytes[offset]! ^= 1 << bit
  return bytes
}

function lastByte(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte !== 0)
}
