import { describe, expect, it } from 'vitest'
import { SimulatedDisk } from './simulated-disk.ts'
import { dropAll, keepAll } from './simulated-disk-crash.ts'
import { type FaultPlan, PlannedFaults } from './simulated-disk-faults.ts'
import { content, overwrite, text } from './simulated-disk-fixture.ts'

function diskWith(characters: string): { disk: SimulatedDisk; file: number } {
  const disk = new SimulatedDisk()
  disk.writeFile('/a', text(characters))
  return { disk, file: disk.open('/a', 'write') }
}

function plan(disk: SimulatedDisk, faults: FaultPlan): PlannedFaults {
  const planned = new PlannedFaults(faults)
  disk.faults = planned
  return planned
}

const EIO = { errno: 'EIO' }

describe('a sync that fails', () => {
  it('loses the written bytes for good though the next sync succeeds and reading shows them', () => {
    const { disk, file } = diskWith('old')
    disk.write(file, text('new'), 0, 3, 0)
    plan(disk, { operation: 'syncData', at: 1, fault: EIO })
    expect(() => disk.syncData(file)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_IO', errnoName: 'EIO' }))
    disk.syncData(file)
    expect(content(disk, '/a')).toBe('new')
    expect(content(disk.crash(keepAll), '/a')).toBe('old')
    expect(content(disk.processDeath(), '/a')).toBe('new')
    expect(content(disk.processDeath().crash(keepAll), '/a')).toBe('old')
  })

  it('does not lose what is written afterwards, nor the sector that is written again', () => {
    const { disk, file } = diskWith('old')
    disk.write(file, text('new'), 0, 3, 0)
    plan(disk, { operation: 'syncAll', at: 1, fault: EIO })
    expect(() => disk.syncAll(file)).toThrow()
    overwrite(disk, file, 1, 0x45)
    overwrite(disk, file, 600, 1)
    disk.syncAll(file)
    const after = disk.crash(dropAll).readFile('/a')
    expect(new TextDecoder().decode(after.subarray(0, 3))).toBe('nEw')
    expect(after[600]).toBe(1)
  })

  it('leaves the size to be synced, so that lost bytes behind the old end read as zeros', () => {
    const { disk, file } = diskWith('')
    disk.write(file, text('new'), 0, 3, 0)
    plan(disk, { operation: 'syncData', at: 1, fault: EIO })
    expect(() => disk.syncData(file)).toThrow()
    expect(disk.crash(dropAll).readFile('/a')).toHaveLength(0)
    disk.syncData(file)
    expect(content(disk.crash(keepAll), '/a')).toBe('\0\0\0')
  })

  it('has brought to the disk what its fault says', () => {
    const { disk, file } = diskWith('x'.repeat(1024))
    overwrite(disk, file, 0, 0x61)
    overwrite(disk, file, 512, 0x62)
    const survivors = {
      ...keepAll,
      sector: (versions: number, _: unknown, index: number) => (index === 1 ? versions : 0),
    }
    plan(disk, { operation: 'syncData', at: 1, fault: { ...EIO, survivors } })
    expect(() => disk.syncData(file)).toThrow()
    for (const choice of [keepAll, dropAll]) {
      const after = disk.crash(choice).readFile('/a')
      expect([after[0], after[512]]).toEqual([0x78, 0x62])
    }
  })

  it('of a directory loses its entries for good', () => {
    const { disk } = diskWith('old')
    disk.open('/b', 'create')
    plan(disk, { operation: 'syncDirectory', at: 1, fault: EIO })
    expect(() => disk.syncDirectory('/')).toThrow(expect.objectContaining({ operation: 'fsync', file: '/' }))
    disk.syncDirectory('/')
    expect(disk.statPath('/b')).toBeDefined()
    expect(disk.crash(keepAll).statPath('/b')).toBeUndefined()
    disk.open('/c', 'create')
    disk.syncDirectory('/')
    expect(disk.crash(dropAll).statPath('/c')).toBeDefined()
  })
})

describe('planned faults', () => {
  it('strike the Nth call of an operation once', () => {
    const { disk, file } = diskWith('')
    const planned = plan(disk, { operation: 'write', at: 2, fault: { errno: 'ENOSPC' } })
    overwrite(disk, file, 0, 1)
    expect(() => overwrite(disk, file, 7, 2)).toThrow(
      expect.objectContaining({ errno: 28, errnoName: 'ENOSPC', operation: 'write', file: '/a', offset: 7 }),
    )
    overwrite(disk, file, 1, 3)
    expect([...disk.readFile('/a')]).toEqual([1, 3])
    expect(planned.hits).toBe(1)
  })

  it('strike for ever from the Nth on', () => {
    const { disk, file } = diskWith('')
    const planned = plan(disk, { operation: 'stat', at: 2, forever: true, fault: EIO })
    disk.stat(file)
    for (let again = 0; again < 3; again++) expect(() => disk.stat(file)).toThrow()
    overwrite(disk, file, 0, 1)
    expect(planned.hits).toBe(3)
  })

  it('count all operations, or those of a path', () => {
    const { disk } = diskWith('')
    plan(disk, { at: 2, fault: { errno: 'EMFILE' } })
    disk.statPath('/a')
    expect(() => disk.open('/a', 'read')).toThrow(expect.objectContaining({ errnoName: 'EMFILE' }))
    disk.writeFile('/b', text(''))
    plan(disk, { at: 1, when: ({ path }) => path === '/b', fault: { errno: 'EACCES' } })
    disk.open('/a', 'read')
    expect(() => disk.open('/b', 'read')).toThrow(expect.objectContaining({ errnoName: 'EACCES', errno: 13 }))
  })

  it('end a sweep: the hits are 0 once the run has fewer calls', () => {
    let at = 0
    let hits = 1
    for (; hits > 0; at++) {
      const { disk, file } = diskWith('')
      const planned = plan(disk, { at: at + 1, fault: EIO })
      try {
        overwrite(disk, file, 0, 1)
        disk.syncData(file)
        disk.close(file)
      } catch {
        expect(planned.hits).toBe(1)
      }
      hits = planned.hits
    }
    expect(at).toBe(4)
  })

  it('take an error by number that the platform has no name for', () => {
    const { disk, file } = diskWith('')
    plan(disk, { at: 1, forever: true, fault: { errno: 5000 } })
    expect(() => disk.stat(file)).toThrow(expect.objectContaining({ errno: 5000 }))
    expect(() => disk.stat(file)).not.toThrow(expect.objectContaining({ errnoName: expect.anything() }))
    plan(disk, { at: 1, fault: { errno: 'ENOSUCHNAME' } })
    expect(() => disk.stat(file)).toThrow(TypeError)
  })
})

describe('a call that fails half way', () => {
  it('has written a part, and says where it stopped', () => {
    const { disk, file } = diskWith('......')
    plan(disk, { operation: 'write', at: 1, fault: { ...EIO, progress: 2 } })
    expect(() => disk.write(file, text('abcd'), 0, 4, 1)).toThrow(expect.objectContaining({ offset: 3 }))
    expect(content(disk, '/a')).toBe('.ab...')
  })

  it('has taken full effect if its fault says so', () => {
    const { disk } = diskWith('')
    plan(disk, { operation: 'rename', at: 1, fault: { ...EIO, applied: true } })
    expect(() => disk.rename('/a', '/b')).toThrow()
    expect(disk.list('/')).toEqual(['b'])
  })

  it('has closed the descriptor, if it was a close', () => {
    const { disk, file } = diskWith('')
    plan(disk, { operation: 'close', at: 1, fault: EIO })
    expect(() => disk.close(file)).toThrow(expect.objectContaining({ errnoName: 'EIO' }))
    expect(disk.openPaths()).toEqual([])
    expect(() => disk.close(file)).toThrow(expect.objectContaining({ errnoName: 'EBADF' }))
  })

  it('or lies: a short write and a short read without an error', () => {
    const { disk, file } = diskWith('')
    plan(disk, { at: 1, forever: true, fault: { shortBy: 2 } })
    disk.write(file, text('abcde'), 0, 5, 0)
    expect(content(disk, '/a')).toBe('abc')
    expect(disk.read(file, new Uint8Array(3), 0, 3, 0)).toBe(1)
    expect(() => disk.stat(file)).toThrow(TypeError)
  })
})

describe('a disk with a capacity', () => {
  it('takes what fits, then refuses with ENOSPC, and writes over old bytes still', () => {
    const disk = new SimulatedDisk({ capacityBytes: 1024 + 100 })
    const file = disk.open('/a', 'create')
    expect(disk.freeBytes('/')).toBe(1024)
    expect(() => disk.write(file, new Uint8Array(2000).fill(1), 0, 2000, 100)).toThrow(
      expect.objectContaining({ errnoName: 'ENOSPC', offset: 1024 }),
    )
    expect(disk.stat(file).size).toBe(1024)
    disk.write(file, text('again'), 0, 5, 500)
    expect(disk.freeBytes('/a')).toBe(0)
  })

  it('gets space back by truncation, and by removal once the last descriptor is closed', () => {
    const disk = new SimulatedDisk({ capacityBytes: 4096 })
    disk.writeFile('/a', new Uint8Array(2048))
    disk.writeFile('/b', new Uint8Array(2048))
    const [a, b] = [disk.open('/a', 'write'), disk.open('/b', 'write')]
    disk.truncate(a, 100)
    expect(disk.freeBytes('/')).toBe(1536)
    disk.remove('/b')
    expect(disk.freeBytes('/')).toBe(1536)
    disk.close(b)
    expect(disk.freeBytes('/')).toBe(3584)
    expect(disk.crash(keepAll).freeBytes('/')).toBe(3584)
    expect(disk.crash(dropAll).freeBytes('/')).toBe(0)
  })
})

describe('the hook and the log', () => {
  it('are told operation, count, path, offset and length', () => {
    const { disk, file } = diskWith('abc')
    const heard: [string, number][] = []
    disk.faults = { onCall: (operation, callNumber) => void heard.push([operation, callNumber]) }
    overwrite(disk, file, 9, 1)
    overwrite(disk, file, 10, 1)
    disk.syncData(file)
    disk.rename('/a', '/b')
    expect(() => disk.open('/a', 'read')).toThrow()
    // The first open was the fixture's.
    expect(heard).toEqual([
      ['write', 1],
      ['write', 2],
      ['syncData', 1],
      ['rename', 1],
      ['open', 2],
    ])
    expect(disk.calls.slice(1)).toEqual([
      { operation: 'write', path: '/a', offset: 9, length: 1 },
      { operation: 'write', path: '/a', offset: 10, length: 1 },
      { operation: 'syncData', path: '/a' },
      { operation: 'rename', path: '/a', to: '/b' },
      { operation: 'open', path: '/a', how: 'read', failed: 'ENOENT' },
    ])
  })

  it('can look at every moment of a run: a fork before each call', () => {
    const { disk, file } = diskWith('')
    const moments: SimulatedDisk[] = []
    disk.faults = { onCall: () => void moments.push(disk.fork()) }
    overwrite(disk, file, 0, 0x61)
    overwrite(disk, file, 1, 0x62)
    expect(moments.map((moment) => content(moment, '/a'))).toEqual(['', 'a'])
  })

  it('can be switched off', () => {
    const disk = new SimulatedDisk({ recordCalls: false })
    disk.makeDirectory('/a')
    expect(disk.calls).toEqual([])
  })
})
