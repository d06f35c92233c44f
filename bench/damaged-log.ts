/**
 * How long a damaged log takes to verify and repair, beside the same log undamaged:
 *   npm run bench:damage -- [--bytes 1G] [--places 1000] [--runs 5]
 */
import { closeSync, cpSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { repairLog, verifyLog, Wal } from '../src/index.ts'

const PAYLOAD_BYTES = 128
const SEED = 7

const { values } = parseArgs({
  options: {
    bytes: { type: 'string', default: '1G' },
    places: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '5' },
  },
})
const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }
const bytes = Number.parseFloat(values.bytes) * (UNITS[values.bytes.slice(-1)] ?? 1)

async function makeLog(dir: string): Promise<number> {
  const wal = await Wal.open({ dir })
  const payload = new Uint8Array(PAYLOAD_BYTES)
  const view = new DataView(payload.buffer)
  const records = Math.floor(bytes / (PAYLOAD_BYTES + 40))
  for (let i = 0; i < records; i++) {
    view.setUint32(0, i)
    wal.appendBytes(payload, { key: i })
  }
  await wal.close()
  return records
}

/** One wrong bit, or for every fourth place a sector of noise. */
function harm(dir: string, places: number): void {
  let state = SEED
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  const files = readdirSync(dir).filter((name) => name.endsWith('.rwal'))
  for (let i = 0; i < places; i++) {
    const path = join(dir, files[below(files.length)]!)
    const size = i % 4 === 3 ? 512 : 1
    const offset = 4096 + below(statSync(path).size - 4096 - size)
    const file = openSync(path, 'r+')
    const part = Buffer.alloc(size)
    readSync(file, part, 0, size, offset)
    if (size === 1) part[0]! ^= 1 << below(8)
    else for (let at = 0; at < size; at++) part[at] = below(256)
    writeSync(file, part, 0, size, offset)
    closeSync(file)
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1]!
}

const root = mkdtempSync(join(tmpdir(), 'ringwal-damaged-'))
try {
  const [whole, damaged, output] = ['whole', 'damaged', 'repaired'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ]
  const records = await makeLog(whole)
  cpSync(whole, damaged, { recursive: true })
  harm(damaged, Number(values.places))
  const times: Record<'verify' | 'damaged' | 'repair', number[]> = { verify: [], damaged: [], repair: [] }
  let lost = 0
  for (let run = 0; run < Number(values.runs); run++) {
    times.verify.push(await secondsOf(() => verifyLog(whole)))
    times.damaged.push(await secondsOf(() => verifyLog(damaged)))
    rmSync(output, { recursive: true, force: true })
    times.repair.push(
      await secondsOf(async () => {
        lost = (await repairLog(damaged, { output })).recordsLost
      }),
    )
  }
  const isClean = (await verifyLog(output)).ok
  const base = median(times.verify)
  console.log(`${records} records in ${values.bytes}, ${values.places} damaged places, ${lost} records lost`)
  for (const [name, all] of Object.entries(times)) {
    const spread = `${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}`
    console.log(
      `${name.padEnd(8)} ${median(all).toFixed(2)} s (${spread}), ${(median(all) / base).toFixed(2)} of verify undamaged`,
    )
  }
  console.log(
    `the repaired log is ${isClean ? 'clean' : 'NOT CLEAN'}; peak resident ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
  )
  process.exitCode = isClean ? 0 : 1
} finally {
  rmSync(root, { recursive: true, force: true })
}
