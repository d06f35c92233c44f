/** Reading from an S3 store: what a connection that ends, a changed object, a list of many pages and strange names come to. */
import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ArchiveTarget, s3Target } from '../../src/archive/index.ts'
import { S3Calls } from '../../src/archive/s3/s3-calls.ts'
import { resolveS3Spec } from '../../src/archive/s3/s3-spec.ts'
import { rejection } from './archive-kit.ts'
import type { FaultKind } from './s3-faults.ts'
import { type S3Store, s3Store } from './s3-store.ts'
import { bytesOf, inPieces, MANIFEST, namesIn, OBJECT, OTHER } from './target-contract.ts'

const BYTES = randomBytes(3_000_000)

let store: S3Store
let target: ArchiveTarget

beforeEach(async () => {
  store = await s3Store()
  target = s3Target(store.spec('logs/wal', { pageSize: 3 }))
  await target.put(OBJECT, inPieces(BYTES))
})

function read(bytesMax = BYTES.length): Promise<Buffer> {
  return bytesOf(target.get(OBJECT, bytesMax))
}

/** Puts something where it likes, past all checks. */
function calls(): S3Calls {
  return new S3Calls(resolveS3Spec('archive', store.spec('logs/wal')))
}

describe('an object', () => {
  it.each([
    ['a connection that ends', { kind: 'cut', bytes: 1_000_000, isSilent: false }],
    ['a connection that falls silent', { kind: 'cut', bytes: 1_000_000, isSilent: true }],
    ['a connection that ends before the first byte', { kind: 'cut', bytes: 0, isSilent: false }],
    ['no answer at all', { kind: 'hang' }],
    ['a store that is busy', { kind: 'refuse', status: 503, code: 'SlowDown' }],
    ['a connection that is refused', { kind: 'reset', isDone: false }],
  ] as [string, FaultKind][])('behind %s is taken up where it ended', async (_, fault) => {
    store.faults.plan({ operation: 'GetObject', ...fault, times: 2 })
    const hasty = s3Target(store.spec('logs/wal', { idleTimeoutMs: 1000 }))
    expect((await bytesOf(hasty.get(OBJECT, BYTES.length))).equals(BYTES)).toBe(true)
  })

  it('that is asked for in vain is given up by the time that a request may take, with all its tries', async () => {
    store.faults.plan({ operation: 'GetObject', kind: 'hang', times: 9 })
    const hasty = s3Target(store.spec('logs/wal', { requestTimeoutMs: 300 }))
    const started = performance.now()
    const error = await rejection(bytesOf(hasty.get(OBJECT, BYTES.length)))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_IO', message: expect.stringContaining('no answer in time') })
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('that is cut again and again is given up', async () => {
    store.faults.plan({ operation: 'GetObject', kind: 'cut', bytes: 0, isSilent: false, times: 99 })
    expect(await rejection(read())).toMatchObject({
      code: 'ERR_RINGWAL_IO',
      operation: 'GetObject',
      s3Code: 'ECONNRESET',
    })
    expect(store.count('GetObject')).toBeLessThan(9)
  })

  it('is taken up only as the object that it was', async () => {
    store.faults.plan({ operation: 'GetObject', kind: 'cut', bytes: 1000, isSilent: false })
    const replace = async (): Promise<void> => {
      await target.remove(OBJECT)
      await target.put(OBJECT, inPieces(randomBytes(BYTES.length)))
    }
    store.faults.plan({ operation: 'GetObject', kind: 'before', act: replace })
    const error = await rejection(read())
    expect(error).toMatchObject({
      code: 'ERR_RINGWAL_DAMAGED',
      object: OBJECT,
      message: expect.stringContaining('replaced'),
    })
  })

  it('that is gone when it is taken up, or whose rest is not what was asked for, is damaged', async () => {
    const cut = { operation: 'GetObject', kind: 'cut', bytes: 1000, isSilent: false } as const
    store.faults.plan(cut)
    const other: FaultKind = {
      kind: 'change',
      change: (answer) => ({ ...answer, headers: { ...answer.headers, 'content-range': 'bytes 5-9/10' } }),
    }
    store.faults.plan({ operation: 'GetObject', ...other })
    expect(await rejection(read())).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED' })
    store.faults.plan(cut)
    store.faults.plan({ operation: 'GetObject', kind: 'before', act: () => target.remove(OBJECT) })
    expect(await rejection(read())).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED' })
  })

  it('that is longer than it may be costs no byte', async () => {
    expect(await rejection(read(BYTES.length - 1))).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', bytes: BYTES.length })
  })

  it('that nobody reads to its end leaves no connection behind', async () => {
    for (let i = 0; i < 60; i++) for await (const _ of target.get(OBJECT, BYTES.length)) break
    expect((await read()).equals(BYTES)).toBe(true)
  })

  it('without its length is refused', async () => {
    const endless: FaultKind = {
      kind: 'change',
      change: ({ headers: { 'content-length': _, ...headers }, ...answer }) => ({ ...answer, headers }),
    }
    store.faults.plan({ operation: 'GetObject', ...endless, times: 9 })
    expect(await rejection(read())).toMatchObject({ code: 'ERR_RINGWAL_IO' })
  })
})

describe('a list', () => {
  it('goes over all pages, of this prefix alone, and leaves uploads under way out', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `${String(i + 1).padStart(10, '0')}.manifest`)
    for (const name of [...names, OTHER]) await target.put(name, inPieces(Buffer.from(name)))
    await calls().create('logs/wal-2/0000000001.manifest', Buffer.from('x'), 'another archive')
    await calls().create('logs/0000000001.manifest', Buffer.from('x'), 'another archive')
    await calls().beginUpload(`logs/wal/${MANIFEST.replace('1', '99')}`, 'under way')
    store.asked.length = 0
    expect(await namesIn(target)).toEqual([...names, OBJECT, OTHER].sort())
    expect(store.count('ListObjectsV2')).toBeGreaterThan(6)
  })

  it('tells of names that no archive has, of folders by their name', async () => {
    const strange = ['..', 'a b', '<x>&"', 'über', "it's", 'a+b%20c', '.unfinished']
    for (const name of strange) await calls().create(`logs/wal/${name}`, Buffer.from('x'), 'x')
    await calls().create('logs/wal/deep/er/0000000001.manifest', Buffer.from('x'), 'x')
    expect(await namesIn(target)).toEqual([OBJECT, ...strange, 'deep/'].sort())
  })

  it('decodes what a store encodes', async () => {
    const encoded = { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(ENCODED) }
    store.faults.plan({ operation: 'ListObjectsV2', kind: 'change', change: () => encoded })
    expect(await namesIn(target)).toEqual(['a b\u0001+', 'bad%zz'])
  })

  it('that comes to no end, or leads out of the prefix, is refused', async () => {
    for (const text of [ENDLESS, OUTSIDE]) {
      const answer = { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(text) }
      store.faults.plan({ operation: 'ListObjectsV2', kind: 'change', change: () => answer, times: 9 })
      expect(await rejection(target.list())).toMatchObject({ code: 'ERR_RINGWAL_IO', operation: 'ListObjectsV2' })
      store.faults.clear()
    }
  })
})

function listOf(keys: readonly string[], more: string): string {
  const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('')
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>${contents}${more}</ListBucketResult>`
}

const ENCODED = listOf(['logs%2Fwal%2Fa+b%01%2B', 'logs/wal/bad%zz'], '<EncodingType>url</EncodingType>')
const ENDLESS = listOf(
  ['logs/wal/x'],
  '<IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>',
)
const OUTSIDE = listOf(['logs/other'], '<IsTruncated>false</IsTruncated>')
