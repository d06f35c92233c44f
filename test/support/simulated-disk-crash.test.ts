import { describe, expect, it } from 'vitest'
import { SeededRandom } from './seeded-random.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { crashStates, dropAll, enumerateCrashes, keepAll, randomChoice, sampleCrashes } from './simulated-disk-crash.ts'
import { overwrite } from './simulated-disk-fixture.ts'

/** /a with zeros, all durable, and a descriptor to write through. */
function diskWithSectors(count: number): { disk: SimulatedDisk; file: number } {
  const disk = new SimulatedDisk()
  disk.writeFile('/a', new Uint8Array(512 * count))
  return { disk, file: disk.open('/a', 'write') }
}

function firstBytes(disk: SimulatedDisk): string {
  const bytes = disk.readFile('/a')
  return Array.from({ length: bytes.length / 512 }, (_, index) => bytes[index * 512]).join()
}

describe('the enumeration of crash states', () => {
  it('has one state where nothing is pending', () => {
    expect([...enumerateCrashes(diskWithSectors(3).disk)]).toHaveLength(1)
  })

  it('yields every subset of unsynced sectors once', () => {
    const { disk, file } = diskWithSectors(6)
    for (const index of [0, 1, 2, 4, 5]) overwrite(disk, file, index * 512, 1)
    const states = [...enumerateCrashes(disk)].map(firstBytes)
    expect(states).toHaveLength(32)
    expect(new Set(states).size).toBe(32)
    expect(states.every((state) => state.split(',')[3] === '0')).toBe(true)
  })

  it('yields any one of the versions of a sector written several times', () => {
    const { disk, file } = diskWithSectors(2)
    for (const value of [1, 2, 3]) overwrite(disk, file, 0, value)
    overwrite(disk, file, 512, 1)
    const states = [...enumerateCrashes(disk)].map(firstBytes)
    expect(states.sort()).toEqual(['0,0', '0,1', '1,0', '1,1', '2,0', '2,1', '3,0', '3,1'])
  })

  it('parts one write into its sectors', () => {
    const { disk, file } = diskWithSectors(3)
    disk.write(file, new Uint8Array(1536).fill(1), 0, 1536, 0)
    expect(new Set([...enumerateCrashes(disk)].map(firstBytes)).size).toBe(8)
  })

  it('does not ask for what a lost size or a lost entry hides', () => {
    const disk = new SimulatedDisk()
    const file = disk.open('/a', 'create')
    overwrite(disk, file, 0, 1)
    overwrite(disk, file, 512, 1)
    // No entry; an empty file; 1 byte with 2 contents; 513 bytes with 4.
    expect([...enumerateCrashes(disk)]).toHaveLength(1 + 1 + 2 + 4)
  })

  it('tears each sector at each offset, over each older version', () => {
    const { disk, file } = diskWithSectors(1)
    for (const value of [1, 2]) disk.write(file, new Uint8Array(512).fill(value), 0, 512, 0)
    const states = [...enumerateCrashes(disk, 100, [1, 511])].map((after) => {
      const bytes = after.readFile('/a')
      return `${bytes[0]}${bytes[1]}${bytes[510]}${bytes[511]}`
    })
    const whole = ['0000', '1111', '2222']
    const torn = ['1000', '1110', '2000', '2220', '2111', '2221']
    expect(states.sort()).toEqual([...whole, ...torn].sort())
  })

  it('throws rather than leave a state out', () => {
    const { disk, file } = diskWithSectors(4)
    for (const index of [0, 1, 2, 3]) overwrite(disk, file, index * 512, 1)
    expect([...enumerateCrashes(disk, 16)]).toHaveLength(16)
    expect(() => [...enumerateCrashes(disk, 15)]).toThrow(RangeError)
    expect(new Set(crashStates(disk, 16, 1).map(firstBytes)).size).toBe(16)
    const sample = crashStates(disk, 15, 1).map(firstBytes)
    expect(sample).toHaveLength(15)
    expect(sample.slice(0, 2)).toEqual(['0,0,0,0', '1,1,1,1'])
  })
})

describe('crash states at random', () => {
  it('are the same for the same seed, and others for another', () => {
    const { disk, file } = diskWithSectors(20)
    for (let index = 0; index < 20; index++) disk.write(file, new Uint8Array(512).fill(index + 1), 0, 512, index * 512)
    const sample = (seed: number) => [...sampleCrashes(disk, 30, seed, 0.3)].map((after) => after.readFile('/a').join())
    expect(sample(5)).toEqual(sample(5))
    expect(sample(5)).not.toEqual(sample(6))
    expect(disk.crash(randomChoice(3)).readFile('/a')).toEqual(disk.crash(randomChoice(3)).readFile('/a'))
  })

  it('come to every state of a small disk, near-complete and near-empty ones of a large one', () => {
    const small = diskWithSectors(4)
    for (const index of [0, 1, 2, 3]) overwrite(small.disk, small.file, index * 512, 1)
    expect(new Set([...sampleCrashes(small.disk, 400, 1)].map(firstBytes)).size).toBe(16)
    const large = diskWithSectors(30)
    for (let index = 0; index < 30; index++) overwrite(large.disk, large.file, index * 512, 1)
    const kept = [...sampleCrashes(large.disk, 200, 1)].map((after) => firstBytes(after).replaceAll(/[0,]/g, '').length)
    for (const wanted of [1, 15, 29]) expect(kept).toContain(wanted)
  })
})

describe('a torn sector at random', () => {
  it('has a newer version in front, and the durable or an older unsynced one behind', () => {
    const { disk, file } = diskWithSectors(1)
    for (const value of [1, 2]) disk.write(file, new Uint8Array(512).fill(value), 0, 512, 0)
    const seams = new Map<string, Set<number>>()
    for (const after of sampleCrashes(disk, 4000, 1, 0.9)) {
      const bytes = after.readFile('/a')
      const seam = bytes.findIndex((value) => value !== bytes[0])
      const ends = `${bytes[0]}${bytes[511]}`
      seams.set(ends, (seams.get(ends) ?? new Set()).add(seam))
    }
    expect([...seams.keys()].sort()).toEqual(['00', '10', '11', '20', '21', '22'])
    expect(seams.get('22')).toEqual(new Set([-1]))
    // Any of 511 byte boundaries, drawn often enough to meet most.
    expect(seams.get('20')?.size).toBeGreaterThan(300)
  })
})

/** Compared as bytes: the matcher of vitest takes milliseconds for each. */
function sameContent(one: SimulatedDisk, other: SimulatedDisk): boolean {
  return Buffer.compare(one.readFile('/a'), other.readFile('/a')) === 0
}

/** An oracle that knows nothing of sectors: for each byte, every value it had since the last sync that succeeded. */
class ByteHistory {
  #values: number[][] = []

  write(position: number, bytes: Uint8Array): void {
    while (this.#values.length < position + bytes.length) this.#values.push([0])
    bytes.forEach((value, index) => {
      this.#values[position + index]!.push(value)
    })
  }

  sync(content: Uint8Array): void {
    this.#values = Array.from(content, (value) => [value])
  }

  allows(content: Uint8Array): boolean {
    return content.length <= this.#values.length && content.every((value, at) => this.#values[at]!.includes(value))
  }
}

describe('any run of writes, syncs and power cuts', () => {
  it('leaves in each byte a value written since the last sync, and all of what was synced', () => {
    const random = new SeededRandom(2024)
    let disk = new SimulatedDisk()
    disk.writeFile('/a', new Uint8Array(0))
    let file = disk.open('/a', 'write')
    const history = new ByteHistory()
    let torn = 0
    for (let step = 0; step < 2000; step++) {
      const bytes = random.bytes(random.between(1, 1500))
      const position = random.below(6000)
      disk.write(file, bytes, 0, bytes.length, position)
      history.write(position, bytes)
      if (random.chance(0.1)) {
        disk.syncData(file)
        history.sync(disk.readFile('/a'))
        expect(sameContent(disk.crash(dropAll), disk), `step ${step}`).toBe(true)
      }
      const after = disk.crash(randomChoice(random.uint32(), 0.2))
      expect(history.allows(after.readFile('/a')), `step ${step}`).toBe(true)
      expect(sameContent(disk.crash(keepAll), disk), `step ${step}`).toBe(true)
      if (!random.chance(0.05)) continue
      torn++
      disk = after
      file = disk.open('/a', 'write')
      history.sync(disk.readFile('/a'))
    }
    expect(torn).toBeGreaterThan(50)
  })
})
