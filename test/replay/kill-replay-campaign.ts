/** `npm run campaign:replay -- [--kills 100] [--seed N]`: engines killed at random moments, and rebuilt by parallel replay. */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { killAndReplay } from './killed-engine.ts'

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: String(randomInt(2 ** 32)) } },
})
const [kills, seed] = [Number(values.kills), Number(values.seed)]
if (![kills, seed].every((value) => Number.isSafeInteger(value) && value >= 0)) {
  console.error('usage: kill-replay-campaign [--kills N] [--seed N]')
  process.exit(2)
}
const root = mkdtempSync(join(tmpdir(), 'ringwal-kill-replay-'))
try {
  const totals = await killAndReplay(join(root, 'log'), kills, seed)
  rmSync(root, { recursive: true })
  console.log(`${totals.kills} kills, ${totals.records} records: every state as the engine's, seed ${seed}`)
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}; the log is kept in ${root}`)
  process.exitCode = 1
}
