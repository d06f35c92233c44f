import { it } from 'vitest'
import { DamageBench } from './damage-case.ts'

/** Every bit takes minutes: `npm run campaign:damage -- --every-bit closed`. This one meets every bit of a byte. */
const STEP = 911

it('a log with one flipped bit is repaired: clean, nothing else lost, and the same when repaired again', async () => {
  const bench = new DamageBench({ repair: 1, others: 0 })
  for (let bit = 0; bit < bench.bitsOf('closed'); bit += STEP) await bench.runBit('closed', bit)
})
