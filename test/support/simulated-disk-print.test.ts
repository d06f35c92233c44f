/** Fingerprints: the same for what a process can not tell apart, another one for a byte, a size, a name or a link. */
import { expect, it } from 'vitest'
import { SimulatedDisk } from './simulated-disk.ts'
import { keepAll } from './simulated-disk-crash.ts'
import { overwrite, text } from './simulated-disk-fixture.ts'

function diskWith(...files: readonly (readonly [path: string, bytes: Uint8Array])[]): SimulatedDisk {
  const disk = new SimulatedDisk()
  for (const [path, bytes] of files) disk.writeFile(path, bytes)
  return disk
}

const AB: readonly (readonly [string, Uint8Array])[] = [
  ['/d/a', text('one')],
  ['/d/b', new Uint8Array(2000).fill(7)],
]

it('is the same whatever the order of making, for holes and zeros, before and after a power cut that lost nothing', () => {
  const { print } = diskWith(...AB)
  const other = diskWith(...AB.toReversed())
  expect(other.print).toBe(print)
  expect(other.crash(keepAll).print).toBe(print)
  const zeros = diskWith(['/z', new Uint8Array(4096)])
  const hole = new SimulatedDisk()
  hole.truncate(hole.open('/z', 'create'), 4096)
  expect(hole.print).toBe(zeros.print)
})

it('is another one for one bit, one byte more, another name, a second name, and for bytes in another place', () => {
  const prints = new Set([diskWith(...AB).print])
  const add = (disk: SimulatedDisk): void => void prints.add(disk.print)
  for (let bit = 0; bit < 8; bit++) {
    for (const at of [0, 511, 512, 1999]) {
      const disk = diskWith(...AB)
      disk.flipBit('/d/b', at, bit)
      add(disk)
    }
  }
  add(diskWith(AB[0]!, ['/d/b', new Uint8Array(2001).fill(7)]))
  add(diskWith(AB[0]!, ['/d/c', AB[1]![1]]))
  add(diskWith(['/d/b', AB[0]![1]], ['/d/a', AB[1]![1]]))
  const linked = diskWith(...AB)
  linked.link('/d/a', '/e')
  add(linked)
  const moved = diskWith(...AB)
  overwrite(moved, moved.open('/d/b', 'write'), 700, 0)
  add(moved)
  expect(prints.size).toBe(1 + 32 + 5)
})
