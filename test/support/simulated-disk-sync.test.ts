/** What survives a power cut, and which call made it so. */
import { describe, expect, it } from 'vitest'
import { SimulatedDisk } from './simulated-disk.ts'
import { dropAll, keepAll } from './simulated-disk-crash.ts'
import { content, overwrite, text } from './simulated-disk-fixture.ts'
import type { SimulatedDiskOptions } from './simulated-disk-port.ts'

/** A disk with /wal in place, and /wal/a just made and filled, with nothing of it synced. */
function diskWithNewFile(options: SimulatedDiskOptions = {}): { disk: SimulatedDisk; file: number } {
  const disk = new SimulatedDisk(options)
  disk.makeDirectory('/wal')
  disk.sync()
  const file = disk.open('/wal/a', 'create')
  disk.write(file, text('new'), 0, 3, 0)
  return { disk, file }
}

describe('a new file on the simulated disk', () => {
  it('vanishes at a power cut with synced data but no synced directory', () => {
    const { disk, file } = diskWithNewFile()
    disk.syncAll(file)
    expect(disk.crash(dropAll).list('/wal')).toEqual([])
    expect(content(disk.crash(keepAll), '/wal/a')).toBe('new')
  })

  it('stands empty after a power cut with a synced directory but no synced data', () => {
    const { disk } = diskWithNewFile()
    disk.syncDirectory('/wal')
    expect(content(disk.crash(dropAll), '/wal/a')).toBe('')
  })

  it('survives whole once data and directory are synced, in either order', () => {
    const { disk, file } = diskWithNewFile()
    const other = disk.fork()
    disk.syncData(file)
    disk.syncDirectory('/wal')
    other.syncDirectory('/wal')
    other.syncData(file)
    expect(content(disk.crash(dropAll), '/wal/a')).toBe('new')
    expect(content(other.crash(dropAll), '/wal/a')).toBe('new')
  })

  it('is lost with its directory while the entry of that in the parent is not synced', () => {
    const disk = new SimulatedDisk()
    disk.makeDirectory('/logs')
    disk.makeDirectory('/logs/wal')
    const file = disk.open('/logs/wal/a', 'create')
    disk.syncAll(file)
    disk.syncDirectory('/logs/wal')
    disk.syncDirectory('/logs')
    expect(disk.crash(dropAll).statPath('/logs')).toBeUndefined()
    disk.syncDirectory('/')
    expect(disk.crash(dropAll).list('/logs/wal')).toEqual(['a'])
  })

  it('may have the size without the data: zeros', () => {
    const { disk } = diskWithNewFile()
    expect(content(disk.crash({ ...keepAll, sector: () => 0 }), '/wal/a')).toBe('\0\0\0')
  })
})

describe('the sync of data', () => {
  it('covers what was written before it and nothing after', () => {
    const { disk, file } = diskWithNewFile()
    disk.syncDirectory('/wal')
    disk.syncData(file)
    disk.write(file, text('xxx more'), 0, 8, 0)
    expect(content(disk.crash(dropAll), '/wal/a')).toBe('new')
    expect(content(disk.crash(keepAll), '/wal/a')).toBe('xxx more')
  })

  it('covers one file, not its neighbours', () => {
    const { disk, file } = diskWithNewFile()
    const other = disk.open('/wal/b', 'create')
    disk.write(other, text('other'), 0, 5, 0)
    disk.syncDirectory('/wal')
    disk.syncData(file)
    expect(content(disk.crash(dropAll), '/wal/b')).toBe('')
  })

  it('covers writes through another descriptor, as the page cache is one', () => {
    const { disk } = diskWithNewFile()
    disk.syncDirectory('/wal')
    disk.syncData(disk.open('/wal/a', 'read'))
    expect(content(disk.crash(dropAll), '/wal/a')).toBe('new')
  })

  it('covers a truncation, which a power cut undoes before', () => {
    const disk = new SimulatedDisk()
    disk.writeFile('/wal/a', text('abcdef'))
    const file = disk.open('/wal/a', 'write')
    disk.truncate(file, 2)
    expect(content(disk.crash(dropAll), '/wal/a')).toBe('abcdef')
    disk.syncData(file)
    disk.truncate(file, 6)
    expect(content(disk, '/wal/a')).toBe('ab\0\0\0\0')
    expect(content(disk.crash(dropAll), '/wal/a')).toBe('ab')
  })

  it('leaves the time of change to the sync of everything', () => {
    let nowMs = 1000
    const { disk, file } = diskWithNewFile({ clock: () => nowMs })
    disk.syncDirectory('/wal')
    nowMs = 2000
    overwrite(disk, file, 0, 1)
    expect(disk.stat(file).modifiedMs).toBe(2000)
    disk.syncData(file)
    expect(disk.crash(dropAll).statPath('/wal/a')?.modifiedMs).toBe(1000)
    disk.syncAll(file)
    expect(disk.crash(dropAll).statPath('/wal/a')?.modifiedMs).toBe(2000)
  })
})

describe('a truncation that survives', () => {
  it('zeroes what was written before it, and keeps what was written behind it', () => {
    const disk = new SimulatedDisk()
    disk.writeFile('/a', text('x'.repeat(1536)))
    const file = disk.open('/a', 'write')
    overwrite(disk, file, 700, 1)
    disk.truncate(file, 600)
    overwrite(disk, file, 1030, 2)
    const after = disk.crash({ ...keepAll, sector: () => 0 }).readFile('/a')
    expect(after).toHaveLength(1031)
    expect([after[599], after[600], after[700], after[1030]]).toEqual([0x78, 0, 0, 0])
    expect(disk.crash(keepAll).readFile('/a')).toEqual(disk.readFile('/a'))
    expect(disk.crash({ ...keepAll, size: () => 0 }).readFile('/a')[900]).toBe(0x78)
  })
})

describe('the removal of a file', () => {
  it('is undone by a power cut before the sync of the directory, and not after', () => {
    const disk = new SimulatedDisk()
    disk.writeFile('/wal/a', text('old'))
    disk.remove('/wal/a')
    expect(disk.list('/wal')).toEqual([])
    expect(content(disk.crash(dropAll), '/wal/a')).toBe('old')
    expect(disk.crash(keepAll).list('/wal')).toEqual([])
    disk.syncDirectory('/wal')
    expect(disk.crash(dropAll).list('/wal')).toEqual([])
  })

  it('leaves the new file when only the creation under the same name survives', () => {
    const disk = new SimulatedDisk()
    disk.writeFile('/wal/a', text('old'))
    disk.remove('/wal/a')
    disk.open('/wal/a', 'create')
    const after = disk.crash({ ...keepAll, entry: ({ given }) => given !== undefined })
    expect(content(after, '/wal/a')).toBe('')
  })
})

describe('the death of the process alone', () => {
  it('keeps the page cache but makes nothing durable', () => {
    const { disk } = diskWithNewFile()
    const restarted = disk.processDeath()
    expect(content(restarted, '/wal/a')).toBe('new')
    expect(restarted.openPaths()).toEqual([])
    expect(restarted.crash(dropAll).list('/wal')).toEqual([])
    restarted.syncData(restarted.open('/wal/a', 'read'))
    restarted.syncDirectory('/wal')
    expect(content(restarted.crash(dropAll), '/wal/a')).toBe('new')
    expect(disk.crash(dropAll).list('/wal')).toEqual([])
  })
})

describe('a fork', () => {
  it('shares no change, live or durable, with its origin', () => {
    const { disk, file } = diskWithNewFile()
    const twin = disk.fork()
    disk.write(file, text('old'), 0, 3, 0)
    disk.syncDirectory('/wal')
    disk.syncData(file)
    expect(content(twin, '/wal/a')).toBe('new')
    expect(content(twin.crash(keepAll), '/wal/a')).toBe('new')
    expect(twin.crash(dropAll).list('/wal')).toEqual([])
    twin.write(file, text('two'), 0, 3, 0)
    twin.remove('/wal/a')
    expect(content(disk, '/wal/a')).toBe('old')
    expect(twin.open('/wal/b', 'create')).not.toBe(file)
    expect(twin.stat(file)).toMatchObject({ links: 0, size: 3 })
  })

  it('need not be made of a disk before its crash: what the survivor writes does not reach it', () => {
    const { disk } = diskWithNewFile()
    const after = disk.crash(keepAll)
    overwrite(after, after.open('/wal/a', 'write'), 0, 9)
    expect(content(disk, '/wal/a')).toBe('new')
  })
})
