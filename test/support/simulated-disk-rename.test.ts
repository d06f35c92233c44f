import { describe, expect, it } from 'vitest'
import { SimulatedDisk } from './simulated-disk.ts'
import { dropAll, enumerateCrashes, keepAll } from './simulated-disk-crash.ts'
import { content, overwrite, text } from './simulated-disk-fixture.ts'

/** What may stand in /wal (and /old) after a power cut, each state once. */
function states(disk: SimulatedDisk): string[] {
  const seen = new Set<string>()
  for (const after of enumerateCrashes(disk)) {
    const names = ['/wal', '/old']
      .filter((path) => after.statPath(path))
      .flatMap((path) => after.list(path).map((name) => `${path}/${name}=${content(after, `${path}/${name}`)}`))
    seen.add(names.sort().join(' '))
  }
  return [...seen].sort()
}

function diskWith(files: Record<string, string>, splitRenames = false): SimulatedDisk {
  const disk = new SimulatedDisk({ splitRenames })
  for (const [path, characters] of Object.entries(files)) disk.writeFile(path, text(characters))
  return disk
}

describe('a rename', () => {
  it('is kept or dropped as a whole', () => {
    const disk = diskWith({ '/wal/tmp': 'new', '/wal/a': 'old' })
    disk.rename('/wal/tmp', '/wal/a')
    expect(states(disk)).toEqual(['/wal/a=new', '/wal/a=old /wal/tmp=new'])
    disk.syncDirectory('/wal')
    expect(states(disk)).toEqual(['/wal/a=new'])
  })

  it('may leave both names, or none, when its halves persist apart', () => {
    const disk = diskWith({ '/wal/tmp': 'new', '/wal/a': 'old' }, true)
    disk.rename('/wal/tmp', '/wal/a')
    expect(states(disk)).toEqual(['/wal/a=new', '/wal/a=new /wal/tmp=new', '/wal/a=old', '/wal/a=old /wal/tmp=new'])
  })

  it('of a file whose creation is lost is lost with it', () => {
    const disk = diskWith({ '/wal/z': '' })
    disk.open('/wal/tmp', 'create')
    disk.rename('/wal/tmp', '/wal/a')
    expect(states(disk)).toEqual(['/wal/a= /wal/z=', '/wal/tmp= /wal/z=', '/wal/z='])
  })

  it('never gives a file two names in a chain', () => {
    const disk = diskWith({ '/wal/a': 'x' })
    disk.rename('/wal/a', '/wal/b')
    disk.rename('/wal/b', '/wal/c')
    expect(states(disk)).toEqual(['/wal/a=x', '/wal/b=x', '/wal/c=x'])
  })

  it('between directories is durable with the sync of either, being one transaction', () => {
    for (const synced of ['/wal', '/old']) {
      const disk = diskWith({ '/wal/a': 'x', '/old/z': '' })
      disk.rename('/wal/a', '/old/a')
      disk.rename('/old/a', '/old/b')
      disk.syncDirectory(synced)
      const after = disk.crash(dropAll)
      expect(after.list('/wal'), synced).toEqual([])
      expect(after.list('/old'), synced).toContain(synced === '/old' ? 'b' : 'a')
    }
  })

  it('takes the creation of its file along when the new directory is synced', () => {
    const disk = diskWith({ '/wal/z': '', '/old/z': '' })
    disk.open('/wal/tmp', 'create')
    disk.rename('/wal/tmp', '/old/a')
    disk.syncDirectory('/old')
    expect(states(disk)).toEqual(['/old/a= /old/z= /wal/z='])
  })

  it('tells a choice the new name', () => {
    const disk = diskWith({ '/wal/a': 'x' })
    overwrite(disk, disk.open('/wal/a', 'write'), 0, 0x79)
    disk.rename('/wal/a', '/wal/b')
    const after = disk.crash({ ...keepAll, sector: (_, file) => (file.path === '/wal/b' ? 0 : 1) })
    expect(content(after, '/wal/b')).toBe('x')
  })

  it('between directories needs the sync of both when its halves persist apart', () => {
    const disk = diskWith({ '/wal/a': 'x', '/old/z': '' }, true)
    disk.rename('/wal/a', '/old/a')
    disk.syncDirectory('/old')
    expect(states(disk)).toEqual(['/old/a=x /old/z=', '/old/a=x /old/z= /wal/a=x'])
    disk.syncDirectory('/wal')
    expect(states(disk)).toEqual(['/old/a=x /old/z='])
  })

  it('counts the links of a file that a crash left with two names', () => {
    const disk = diskWith({ '/wal/a': 'x' }, true)
    disk.rename('/wal/a', '/wal/b')
    const after = disk.crash({ ...keepAll, entry: ({ given }) => given !== undefined })
    expect(after.statPath('/wal/a')).toMatchObject({ links: 2 })
    expect(after.statPath('/wal/a')?.identity).toBe(after.statPath('/wal/b')?.identity)
  })
})
