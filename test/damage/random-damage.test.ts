import { it } from 'vitest'
import { DamageBench } from './damage-case.ts'

const CASES = 5000

it('a log damaged at random gives no wrong record, hides no loss, and can be repaired', {
  timeout: 120_000,
}, async () => {
  const bench = new DamageBench({ repair: 0.05, others: 0.1 })
  for (let number = 0; number < CASES; number++) await bench.run(1, number)
})
