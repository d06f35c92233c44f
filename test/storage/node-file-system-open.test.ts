import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createNodeFileSystem, nodeFileSystem as fs } from '../../src/storage/node-file-system.ts'
import { thrownBy } from './system-error.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const onWindows: boolean = process.platform === 'win32'

function withUmask(umask: number): void {
  const before = process.umask(umask)
  onTestFinished(() => void process.umask(before))
}

describe('modes', () => {
  it.skipIf(onWindows).each([0o000, 0o022, 0o277, 0o777])('do not depend on the umask (%i)', (umask) => {
    const dir = temporaryDirectory()
    withUmask(umask)
    fs.close(fs.open(join(dir, 'file'), 'create'))
    expect(fs.makeDirectory(join(dir, 'directory'))).toBe(true)
    expect(statSync(join(dir, 'file')).mode & 0o7777).toBe(0o600)
    expect(statSync(join(dir, 'directory')).mode & 0o7777).toBe(0o700)
  })

  it.skipIf(onWindows)('do not take over the set-group-id bit of the parent', () => {
    const dir = join(temporaryDirectory(), 'parent')
    mkdirSync(dir)
    execFileSync('chmod', ['2777', dir])
    fs.makeDirectory(join(dir, 'directory'))
    expect(statSync(join(dir, 'directory')).mode & 0o7777).toBe(0o700)
  })
})

describe('open', () => {
  it('creates only what is not there', () => {
    const path = join(temporaryDirectory(), 'file')
    fs.close(fs.open(path, 'create'))
    expect(thrownBy(() => fs.open(path, 'create'))).toMatchObject({
      operation: 'open',
      file: path,
      errnoName: 'EEXIST',
    })
  })

  it.each(['read', 'write'] as const)('does not create to %s', (how) => {
    const path = join(temporaryDirectory(), 'file')
    expect(thrownBy(() => fs.open(path, how))).toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'ENOENT', errno: 2 })
    expect(fs.statPath(path)).toBeUndefined()
  })

  it.each(['read', 'write', 'create'] as const)('refuses a link to %s', (how) => {
    const dir = temporaryDirectory()
    writeFileSync(join(dir, 'target'), 'precious')
    symlinkSync('target', join(dir, 'link'))
    const error = thrownBy(() => fs.open(join(dir, 'link'), how))
    expect(error).toMatchObject({ errnoName: how === 'create' ? 'EEXIST' : 'ELOOP' })
    if (how !== 'create') expect(error.message).toContain('a symbolic link, which is refused')
    expect(readFileSync(join(dir, 'target'), 'utf8')).toBe('precious')
  })

  it('refuses to create through a dangling link', () => {
    const dir = temporaryDirectory()
    symlinkSync('target', join(dir, 'link'))
    expect(thrownBy(() => fs.open(join(dir, 'link'), 'create'))).toMatchObject({ errnoName: 'EEXIST' })
    expect(fs.list(dir)).toEqual(['link'])
  })

  it.skipIf(onWindows).each(['read', 'write'] as const)(
    'refuses a FIFO to %s, and does not wait for its other end',
    (how) => {
      const path = join(temporaryDirectory(), 'fifo')
      execFileSync('mkfifo', [path])
      const error = thrownBy(() => fs.open(path, how))
      expect(error).toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'EINVAL', file: path })
      expect(error.message).toContain('not a regular file but a FIFO')
    },
  )

  it.each(['read', 'write'] as const)('refuses a directory to %s', (how) => {
    expect(thrownBy(() => fs.open(temporaryDirectory(), how))).toMatchObject({ errnoName: 'EISDIR', errno: 21 })
  })

  it.skipIf(onWindows)('refuses a device', () => {
    expect(thrownBy(() => fs.open('/dev/zero', 'read')).message).toContain('not a regular file but a device')
  })

  it.skipIf(onWindows)('refuses a socket', async () => {
    const path = join(temporaryDirectory(), 'socket')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(path, resolve))
    onTestFinished(() => void server.close())
    expect(thrownBy(() => fs.open(path, 'read'))).toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'ENXIO' })
  })

  it('leaves no descriptor behind what it refuses', () => {
    const closed: number[] = []
    const watched = createNodeFileSystem({
      closeSync: (file) => {
        closed.push(file)
        closeSync(file)
      },
    })
    thrownBy(() => watched.open(temporaryDirectory(), 'read'))
    expect(closed).toHaveLength(1)
  })
})

describe('makeDirectory', () => {
  it('tells whatever is there already', () => {
    const dir = temporaryDirectory()
    writeFileSync(join(dir, 'file'), '')
    symlinkSync('nowhere', join(dir, 'link'))
    expect(['.', 'file', 'link'].map((name) => fs.makeDirectory(join(dir, name)))).toEqual([false, false, false])
  })

  it('is undone for an empty one only', () => {
    const dir = join(temporaryDirectory(), 'made')
    fs.makeDirectory(dir)
    writeFileSync(join(dir, 'file'), '')
    expect(thrownBy(() => fs.removeDirectory(dir))).toMatchObject({ operation: 'rmdir', errnoName: 'ENOTEMPTY' })
    fs.remove(join(dir, 'file'))
    fs.removeDirectory(dir)
    expect(fs.statPath(dir)).toBeUndefined()
  })

  it('throws without a parent', () => {
    const path = join(temporaryDirectory(), 'missing', 'child')
    expect(thrownBy(() => fs.makeDirectory(path))).toMatchObject({ operation: 'mkdir', errnoName: 'ENOENT' })
  })
})
