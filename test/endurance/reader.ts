/** The soak's readers, in a process of their own: one follows the log all the time, one begins again and again. */
import { setTimeout as delay } from 'node:timers/promises'
import { RingwalError, readWal } from '../../src/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { fail, KEPT_RECORDS, say } from './protocol.ts'
import { RecordOrder } from './record.ts'

const [dir, seed] = [process.argv[2]!, Number(process.argv[3])]
const SAY_MS = 250
/** How long a reading of the second reader lasts. */
const READING_MS = 3000
const random = new SeededRandom(seed)
const end = new AbortController()
/** Ends the second reader's reading at hand. */
let reading = new AbortController()
/** Of the first reader. */
let last = 0
let records = 0
let retired = 0
/** Of the second. */
let readings = 0

const timer = setInterval(tell, SAY_MS)
process.stdin.resume().once('end', () => {
  end.abort()
  reading.abort()
})
Promise.all([followAll(), readAgain()]).then(() => {
  clearInterval(timer)
  tell()
  process.exit(0)
}, fail)

function tell(): void {
  say(`at ${last} ${records} ${retired} ${readings}`)
}

/** Every record that there is, in its order. Who falls so far behind that a segment is retired goes on at the oldest left. */
async function followAll(): Promise<void> {
  while (!end.signal.aborted) {
    const order = new RecordOrder()
    await untilRetired(async () => {
      for await (const { lsn, bytes } of readWal(dir, { from: last + 1, follow: true, signal: end.signal })) {
        if (order.next === 0 && last > 0) retired += lsn - last - 1
        order.enter(lsn, bytes)
        last = lsn
        records++
      }
    })
  }
}

/** From a place somewhere in the log, for a while. */
async function readAgain(): Promise<void> {
  while (!end.signal.aborted) {
    const order = new RecordOrder()
    reading = new AbortController()
    const { signal } = reading
    const timer = setTimeout(() => reading.abort(), READING_MS)
    const from = Math.max(1, last - random.below(KEPT_RECORDS))
    readings++
    await untilRetired(async () => {
      for await (const { lsn, bytes } of readWal(dir, { from, follow: true, signal })) order.enter(lsn, bytes)
    })
    clearTimeout(timer)
    await delay(random.below(300))
  }
}

async function untilRetired(read: () => Promise<void>): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_RETIRED') throw error
  }
}
