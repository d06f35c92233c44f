/** Archives made to harm: their manifests hold their own checks, and lie. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { DirectoryTarget } from '../../src/archive/directory-target.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { ARCHIVE, archiveOn, OUT, rejection, restoreOn, targetOn } from './archive-kit.ts'
import { ModelledLog } from './modelled-log.ts'

const MANIFEST = `${ARCHIVE}/0000000001.manifest`

let whole: SimulatedDisk

beforeAll(async () => {
  const model = new ModelledLog(3)
  for (let i = 0; i < 20; i++) model.append()
  await archiveOn(model.disk, { durableLsn: model.log.durable })
  whole = model.disk
})

interface Fields {
  readonly [name: string]: unknown
  readonly parts: Record<string, unknown>[]
}

/** A disk with the manifest changed, and its check made to hold. */
function lying(change: (fields: Fields, disk: SimulatedDisk) => void): SimulatedDisk {
  const disk = whole.fork()
  const [line] = Buffer.from(disk.readFile(MANIFEST)).toString().split('\n')
  const fields = JSON.parse(line!) as Fields
  change(fields, disk)
  const text = JSON.stringify(fields)
  disk.writeFile(MANIFEST, Buffer.from(`${text}\n${createHash('sha256').update(text).digest('hex')}\n`))
  return disk
}

type Lie = readonly [name: string, change: (fields: Fields, disk: SimulatedDisk) => void]

function ofAll(other: object): Lie[1] {
  return (fields) => void Object.assign(fields, other)
}

function ofPart(index: number, other: object): Lie[1] {
  return ({ parts }) => void Object.assign(parts[index]!, other)
}

const LIES: readonly Lie[] = [
  ...['../wal/00000000000000000001.rwal', '/etc/passwd', '', 'a/b', '0000000001.manifest', '..', 'x\u001b[31m'].map(
    (name): Lie => [`an object called ${JSON.stringify(name)}`, ofPart(0, { name })],
  ),
  ['the object of another backup', ofPart(0, { name: `0000000002-${'0'.repeat(16)}-000001.segment` })],
  ['an object twice', ({ parts }) => void parts.push(parts[0]!)],
  ['a part that is not where it belongs', ofPart(0, { from: 8192 })],
  ['a part that begins at no offset', ofPart(0, { from: -8 })],
  ['more LSNs than there are', ofPart(0, { lastLsn: 2 ** 53 })],
  ['an end before the begin', ofPart(0, { lastLsn: -5 })],
  ['a gap', ofPart(1, { firstLsn: 999 })],
  ['a segment 0', ofPart(0, { segment: 0 })],
  ['no parts', ofAll({ parts: null })],
  ['parts that are none', ofAll({ parts: [1, 'x', null] })],
  ['an end that is none', ofAll({ end: [] })],
  ['a time that is none', ofPart(0, { timeMax: '99999999999999999999' })],
  ['a text where a number is to be', ofPart(0, { bytes: '4096' })],
  ['a bomb', ofPart(0, { encoding: 'gzip', bytes: 2 ** 50 })],
  ['a prototype', ofAll({ previous: { id: '__proto__', sha256: 'x' } })],
]

describe('a manifest that tells of', () => {
  it.each(LIES)('%s is refused', async (_, change) => {
    const disk = lying(change)
    const before = disk.list('/').sort()
    const error = await rejection(restoreOn(disk))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND', problems: [{ object: '0000000001.manifest' }] })
    expect(disk.list('/').sort()).toEqual(before)
  })

  it('a later version is not read', async () => {
    const disk = lying(ofAll({ version: 2 }))
    expect(await rejection(archiveOn(disk))).toMatchObject({ code: 'ERR_RINGWAL_FORMAT' })
  })
})

describe('an object that', () => {
  /** One whose bytes are others, and whose SHA-256 holds. */
  function replaced(bytes: Uint8Array, claims: object): SimulatedDisk {
    return lying(({ parts }, disk) => {
      const name = String(parts[0]!['name'])
      const packed = `${name}.gz`
      disk.remove(`${ARCHIVE}/${name}`)
      disk.writeFile(`${ARCHIVE}/${packed}`, bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      Object.assign(parts[0]!, { name: packed, encoding: 'gzip', sha256, storedBytes: bytes.length, ...claims })
    })
  }

  it('unpacks to more than its manifest says is cut off', async () => {
    const disk = replaced(gzipSync(Buffer.alloc(1 << 26)), {})
    const error = await rejection(restoreOn(disk))
    expect(error).toMatchObject({ problems: [{ reason: expect.stringContaining('it is longer than') }] })
    expect(disk.statPath(OUT)).toBeUndefined()
  })

  it('is no gzip is refused', async () => {
    const error = await rejection(restoreOn(replaced(Buffer.alloc(9000, 7), {})))
    expect(error).toMatchObject({ problems: [{ reason: expect.stringContaining('can not be unpacked') }] })
  })

  it('is packed and holds another segment does not pass validation', async () => {
    const [line] = Buffer.from(whole.readFile(MANIFEST)).toString().split('\n')
    const { parts } = JSON.parse(line!) as Fields
    const bytes = whole.readFile(`${ARCHIVE}/${parts[0]!['name']}`)
    bytes[5000]! ^= 1
    const disk = replaced(gzipSync(bytes), {})
    expect(await rejection(restoreOn(disk))).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED' })
    expect(disk.list('/').sort()).toEqual(['archive', 'wal'])
  })
})

describe('the directory of an archive', () => {
  it('is made for its owner only, and no object of it is replaced', async () => {
    const target = targetOn(whole.fork())
    const pieces = async function* () {
      yield Buffer.from('other')
    }
    expect(await target.put('0000000001.manifest', pieces())).toBe('taken')
    const bytes: number[] = []
    for await (const piece of target.get('0000000001.manifest', 1 << 20)) bytes.push(...piece)
    expect(Buffer.from(bytes).equals(whole.readFile(MANIFEST))).toBe(true)
  })

  it('gives no byte of an object that is longer than it may be', async () => {
    const { length } = whole.readFile(MANIFEST)
    const read = (bytesMax: number) => targetOn(whole.fork()).get('0000000001.manifest', bytesMax)
    expect((await read(length).next()).value).toHaveLength(length)
    expect(await rejection(read(length - 1).next())).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', bytes: length })
  })

  it('takes and gives nothing under a name that is not its own', async () => {
    const target = targetOn(whole.fork())
    for (const name of ['../wal/x', 'LOCK', '', '.', '0000000001.manifest/../x'])
      expect(await rejection(target.put(name, (async function* () {})()))).toMatchObject({
        code: 'ERR_RINGWAL_INTERNAL',
      })
  })

  it('that is a link is refused', async () => {
    const disk = whole.fork()
    disk.makeLink('/link', ARCHIVE)
    const target = new DirectoryTarget(disk, '/link', () => '00')
    expect(await rejection(target.list())).toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'ELOOP' })
    const put = target.put('0000000009.manifest', (async function* () {})())
    expect(await rejection(put)).toMatchObject({ errnoName: 'ELOOP' })
  })
})
