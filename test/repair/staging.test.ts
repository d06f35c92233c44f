import { describe, expect, it } from 'vitest'
import { createRepairPorts } from '../../src/repair/repair-ports.ts'
import { newRepairStaging } from '../../src/repair/staging.ts'
import { thrownBy } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

const ports = { ...(await createRepairPorts()), fs: new SimulatedDisk() }
const staging = newRepairStaging(ports, '/repaired')

describe('a repair', () => {
  it.each(['00000000000000000001.rwal', 'repair-report.json', 'repair-report.md'])('makes %s', (name) => {
    expect(staging.pathOf(name)).toBe(`/repaired/${name}`)
  })

  it.each([
    '../00000000000000000001.rwal',
    '/00000000000000000001.rwal',
    '00000000000000000001.rwal/x',
    '1.rwal',
    'LOCK',
    '..',
    '',
    'repair-report.json\0',
  ])('makes no other file: %j', (name) => {
    expect(thrownBy(() => staging.write(name, new Uint8Array(1)))).toMatchObject({ code: 'ERR_RINGWAL_INTERNAL' })
    expect(ports.fs.list('/repaired')).toEqual([])
  })
})
