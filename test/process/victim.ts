/** A process that is to die: it starts ahead of need, and lives as it is ordered to. */
import { readFileSync } from 'node:fs'
import { Life, type LifeOrder, say } from './life.ts'
import { scriptOf } from './scripts.ts'

say('pid', process.pid)
const order = JSON.parse(readFileSync(0, 'utf8')) as LifeOrder
const life = new Life(order)
try {
  await scriptOf(order.script)(life)
} catch (error) {
  await life.refuse(error)
}
say('done')
