/**
 * `npm run campaign:soak -- --budget 1h --seed 1 [--sample 10s] [--dir DIR] [--json]`: an engine that lives long, and dies
 * often, with readers beside it; nothing that it holds may grow. Ends with 1 if something does not hold, and keeps the log.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { durationMs } from '../support/duration.ts'
import type { Flatness } from './flatness.ts'
import { runSoak, type SoakTotals } from './run-soak.ts'
import type { DiskSample } from './sample.ts'

const { values } = parseArgs({
  options: {
    budget: { type: 'string', default: '1h' },
    seed: { type: 'string', default: '1' },
    sample: { type: 'string', default: '10s' },
    dir: { type: 'string', default: tmpdir() },
    json: { type: 'boolean', default: false },
  },
})
const [budgetMs, sampleMs, seed] = [durationMs(values.budget), durationMs(values.sample), Number(values.seed)]
if (Number.isNaN(budgetMs + sampleMs) || !Number.isSafeInteger(seed)) {
  console.error('usage: soak [--budget 1h] [--seed N] [--sample 10s] [--dir DIR] [--json]')
  process.exit(2)
}

const MIB = 1 << 20
const base = mkdtempSync(join(values.dir, 'ringwal-soak-'))
const onSample = values.json ? () => {} : (totals: SoakTotals, disk: DiskSample) => console.log(lineOf(totals, disk))
try {
  const result = await runSoak({ dir: join(base, 'log'), budgetMs, seed, sampleMs, onSample })
  rmSync(base, { recursive: true })
  if (values.json) console.log(JSON.stringify({ seed, ...result }, undefined, 2))
  else {
    console.log(countsOf(result))
    console.log(`engine, in its long life: ${describe(result.engine)}`)
    console.log(`readers: ${describe(result.reader)}`)
    console.log(`disk: at most ${result.filesMax} files, ${(result.bytesMax / MIB).toFixed(1)} MiB; seed ${seed}`)
  }
} catch (error) {
  console.error(error)
  console.error(`the log is kept in ${base}\nreplay: npm run campaign:soak -- --budget ${values.budget} --seed ${seed}`)
  process.exitCode = 1
}

function lineOf(totals: SoakTotals, { files, bytes }: DiskSample): string {
  return `${totals.seconds.toFixed(0).padStart(6)} s  ${countsOf(totals)}; ${files} files, ${(bytes / MIB).toFixed(1)} MiB`
}

function countsOf({ lives, kills, closes, tornTails, lastLsn, followed, retired, readings, cuts }: SoakTotals): string {
  const deaths = `${lives} lives, ${kills} kills, ${closes} closes, ${tornTails} torn tails`
  return `${deaths}; LSN ${lastLsn}, ${followed} followed, ${retired} retired before, ${readings} readings, ${cuts} cuts`
}

function describe({ samples, residentMib, mibPerHour, descriptors, threads }: Flatness): string {
  const memory = `memory ${signed(residentMib)} MiB (${signed(mibPerHour)} an hour)`
  return `${samples} samples, ${memory}, descriptors ${signed(descriptors, 0)}, threads ${signed(threads, 0)}`
}

function signed(value: number, digits = 1): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(digits)}`
}
