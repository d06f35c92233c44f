/** What a test puts on the disk by itself, and what only the simulated disk can promise. */
import { describe, expect, it } from 'vitest'
import { SimulatedDisk } from './simulated-disk.ts'
import { dropAll, keepAll } from './simulated-disk-crash.ts'
import { content, overwrite, text } from './simulated-disk-fixture.ts'
import type { EntryOperation } from './simulated-disk-tree.ts'

describe('a planted file', () => {
  it('is durable at once, with the directories above it, and makes nothing else durable', () => {
    const disk = new SimulatedDisk()
    disk.makeDirectory('/x')
    disk.open('/x/unsynced', 'create')
    disk.writeFile('/x/y/a', text('one'))
    const after = disk.crash(dropAll)
    expect(content(after, '/x/y/a')).toBe('one')
    expect(after.list('/x')).toEqual(['y'])
    expect(disk.calls.map(({ operation }) => operation)).toEqual(['makeDirectory', 'open'])
  })

  it('replaces the content of a file that is open, whatever was pending', () => {
    const disk = new SimulatedDisk()
    disk.open('/a', 'create')
    const file = disk.open('/a', 'write')
    disk.write(file, text('long pending text'), 0, 17, 0)
    disk.writeFile('/a', text('two'))
    expect(disk.stat(file).size).toBe(3)
    for (const choice of [dropAll, keepAll]) expect(content(disk.crash(choice), '/a')).toBe('two')
  })

  it('stays though the loss of a removal or a creation before it might be chosen', () => {
    const disk = new SimulatedDisk()
    disk.writeFile('/a', text('one'))
    disk.remove('/a')
    disk.writeFile('/a', text('two'))
    disk.open('/b', 'create')
    disk.remove('/b')
    disk.writeFile('/b', text('two'))
    const onlyCreations = { ...keepAll, entry: ({ given }: EntryOperation) => given !== undefined }
    for (const choice of [dropAll, keepAll, onlyCreations]) {
      expect(content(disk.crash(choice), '/a')).toBe('two')
      expect(content(disk.crash(choice), '/b')).toBe('two')
    }
  })

  it('refuses a way through a file', () => {
    const disk = new SimulatedDisk()
    disk.writeFile('/a', text(''))
    expect(() => disk.writeFile('/a/b', text(''))).toThrow('ENOTDIR')
    expect(() => disk.readFile('/b')).toThrow('/b')
  })
})

describe('a flipped bit', () => {
  it('shows in what is read, and survives', () => {
    const disk = new SimulatedDisk()
    disk.writeFile('/a', new Uint8Array(1025))
    disk.flipBit('/a', 1024, 3)
    for (const state of [disk, disk.crash(dropAll)]) {
      const bytes = state.readFile('/a')
      expect([bytes[1023], bytes[1024]]).toEqual([0, 8])
    }
    disk.flipBit('/a', 1024, 3)
    expect(disk.readFile('/a')).toEqual(new Uint8Array(1025))
    expect(() => disk.flipBit('/a', 1025, 0)).toThrow(RangeError)
  })

  it('is in every version of a sector that is not synced, and in no fork', () => {
    const disk = new SimulatedDisk()
    disk.writeFile('/a', Uint8Array.of(0, 1))
    const file = disk.open('/a', 'write')
    overwrite(disk, file, 1, 2)
    const twin = disk.fork()
    disk.flipBit('/a', 0, 7)
    expect([...disk.crash(dropAll).readFile('/a')]).toEqual([128, 1])
    expect([...disk.crash(keepAll).readFile('/a')]).toEqual([128, 2])
    expect([...twin.crash(dropAll).readFile('/a')]).toEqual([0, 1])
  })
})

describe('a planted link', () => {
  it('is refused by open, seen by statPath, and followed on the way', () => {
    const disk = new SimulatedDisk()
    disk.writeFile('/real/a', text('x'))
    disk.makeLink('/real/link', '/real/a')
    disk.makeLink('/wal', '/real')
    const refused = (errnoName: string) => expect.objectContaining({ code: 'ERR_RINGWAL_IO', errnoName })
    expect(() => disk.open('/real/link', 'read')).toThrow(refused('ELOOP'))
    expect(() => disk.open('/real/link', 'write')).toThrow(refused('ELOOP'))
    expect(() => disk.open('/real/link', 'create')).toThrow(refused('EEXIST'))
    expect(disk.statPath('/wal')).toMatchObject({ kind: 'link' })
    expect(disk.makeDirectory('/wal')).toBe(false)
    expect(disk.list('/wal').sort()).toEqual(['a', 'link'])
    expect(disk.stat(disk.open('/wal/a', 'read')).size).toBe(1)
    expect(disk.crash(dropAll).statPath('/real/link')).toMatchObject({ kind: 'link' })
  })

  it('ends in ELOOP where it leads to itself', () => {
    const disk = new SimulatedDisk()
    disk.makeLink('/a', '/b')
    disk.makeLink('/b', '/a')
    expect(() => disk.open('/a/x', 'read')).toThrow(expect.objectContaining({ errnoName: 'ELOOP' }))
  })
})

describe('the simulated disk', () => {
  it('refuses a FIFO as the real port does', () => {
    const disk = new SimulatedDisk()
    disk.makeFifo('/fifo')
    expect(disk.statPath('/fifo')?.kind).toBe('other')
    expect(() => disk.open('/fifo', 'read')).toThrow(expect.objectContaining({ errnoName: 'EINVAL' }))
  })

  it('calls a wrong range a wrong call, not a failing disk', () => {
    const disk = new SimulatedDisk()
    const file = disk.open('/a', 'create')
    const wrong: [at: number, length: number, position: number][] = [
      [0, 5, 0],
      [3, 2, 0],
      [0, 1, -1],
      [0, 1, 0.5],
      [-1, 1, 0],
    ]
    for (const [at, length, position] of wrong) {
      const internal = expect.objectContaining({ code: 'ERR_RINGWAL_INTERNAL' })
      expect(() => disk.write(file, new Uint8Array(4), at, length, position)).toThrow(internal)
      expect(() => disk.read(file, new Uint8Array(4), at, length, position)).toThrow(internal)
    }
  })

  it('reads and writes shared memory', () => {
    const disk = new SimulatedDisk()
    const file = disk.open('/a', 'create')
    const shared = new Uint8Array(new SharedArrayBuffer(2000)).fill(7)
    disk.write(file, shared, 10, 1500, 100)
    shared.fill(0)
    expect(disk.read(file, shared, 0, 2000, 0)).toBe(1600)
    expect([shared[99], shared[100], shared[1599], shared[1600]]).toEqual([0, 7, 7, 0])
  })

  it('lists in an order that is neither sorted nor that of creation, the same each time', () => {
    const disk = new SimulatedDisk()
    const names = Array.from({ length: 10 }, (_, index) => `${index}.rwal`)
    for (const name of names) disk.open(`/${name}`, 'create')
    expect(disk.list('/')).not.toEqual(names)
    expect(disk.list('/')).toEqual(disk.crash(keepAll).list('/'))
    expect(disk.list('/').toSorted()).toEqual(names)
  })

  it('gives equal identities in equal runs, and never one twice', () => {
    const run = () => {
      const disk = new SimulatedDisk()
      const identities = ['/a', '/b', '/a'].map((path) => {
        const { identity } = disk.stat(disk.open(path, 'create'))
        disk.remove(path)
        return identity
      })
      const after = disk.crash(dropAll)
      return [...identities, after.stat(after.open('/c', 'create')).identity]
    }
    expect(run()).toEqual(run())
    expect(new Set(run()).size).toBe(4)
  })

  it('keeps the identity of a file across a rename and a crash', () => {
    const disk = new SimulatedDisk()
    disk.writeFile('/a', text(''))
    const identity = disk.statPath('/a')?.identity
    disk.rename('/a', '/b')
    expect(disk.statPath('/b')?.identity).toBe(identity)
    expect(disk.crash(dropAll).statPath('/a')?.identity).toBe(identity)
  })
})
