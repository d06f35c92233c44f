import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { RingMemory } from '../../src/ring/index.ts'
import { LogControl } from '../../src/wal/control.ts'
import { CONTROL_BYTES } from '../../src/wal/control-layout.ts'
import { sharedSpares } from '../../src/wal/spare-segments.ts'

function freshControl(): LogControl {
  return new LogControl(RingMemory.create({ capacity: 4096, userBytes: CONTROL_BYTES }))
}

it('a writer that takes what the steward works on says so, sleeps until that is done, and gets it', async () => {
  const control = freshControl()
  const steward = new Worker(new URL('./busy-steward.js', import.meta.url), { workerData: control.ring.memory })
  await once(steward, 'message')
  expect(sharedSpares(control).take(1)).toBe('filled')
  expect(await once(steward, 'message')).toEqual([true])
  await steward.terminate()
})

it('a writer waits for no other segment, and for no steward that holds one for ever', () => {
  const control = freshControl()
  control.steward.setSpareBusy(2)
  expect(sharedSpares(control).take(1)).toBeUndefined()
  expect(() => control.steward.waitSpareIdle(2, 20)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_INTERNAL' }))
})
