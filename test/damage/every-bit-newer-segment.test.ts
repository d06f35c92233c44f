import { expect, it } from 'vitest'
import { expectedTotals, flipEveryBit } from './every-bit.ts'
import { sampleLog } from './sample-log.ts'

it('every bit of a log’s newer segment, flipped by itself, is found and costs one record at most', {
  timeout: 120_000,
}, () => {
  const log = sampleLog('closed')
  const totals = flipEveryBit(log, 1)
  expect(totals).toEqual(expectedTotals(log, 1))
  console.log(`newer segment: ${JSON.stringify(totals)}`)
})
