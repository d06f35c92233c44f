/** `verifyLog` on a pool of threads tells what it tells on one. */
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createChecker, decodeHeaderPage, frameBytes } from '../../src/format/index.ts'
import { verifyLog, Wal } from '../../src/index.ts'
import { CHUNK_BYTES } from '../../src/verify/survey-plan.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { temporaryPaths } from '../tools/cli.ts'

const path = temporaryPaths()
const RECORD_BYTES = 3000

let dir: string
let files: readonly string[]

/** 58 MB in two segments, and damage wherever parts of the work meet, and elsewhere. */
beforeAll(async () => {
  dir = path()
  const wal = await Wal.open({ dir, segmentBytes: 32 << 20, sync: { policy: 'never' } })
  const random = new SeededRandom(5)
  const bytes = random.bytes(RECORD_BYTES)
  for (let i = 0; i < 38_000; i++) {
    bytes[i % RECORD_BYTES]!++
    if (i % 100 === 0) wal.appendBytesBatch([{ bytes }, { bytes: bytes.subarray(0, 50) }, { bytes }])
    else wal.appendBytes(bytes.subarray(0, random.below(RECORD_BYTES)))
  }
  await wal.close()
  files = readdirSync(dir)
    .filter((name) => name.endsWith('.rwal'))
    .map((name) => join(dir, name))
})

function flip(file: string, offset: number): void {
  const handle = openSync(file, 'r+')
  const byte = Buffer.alloc(1)
  readSync(handle, byte, 0, 1, offset)
  byte[0]! ^= 1
  writeSync(handle, byte, 0, 1, offset)
  closeSync(handle)
}

describe('a pool', () => {
  it('finds a whole log whole, and tells how far it is', async () => {
    const alone = await verifyLog(dir, { workers: 1 })
    const seen: number[] = []
    let total = 0
    const onProgress = (done: number, all: number): void => {
      seen.push(done)
      total = all
    }
    expect(await verifyLog(dir, { workers: 2, onProgress })).toEqual(alone)
    expect(alone).toMatchObject({ ok: true, damage: [], segments: 2 })
    expect(alone.records).toBe(alone.lastLsn)
    expect(seen.length).toBeGreaterThan(4)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect([seen.at(-1), total]).toEqual([alone.bytes, alone.bytes])
  })

  it('finds the same damage as one thread, also where its parts meet', async () => {
    const random = new SeededRandom(6)
    for (const file of files) {
      for (const part of [1, 2, 3]) flip(file, 4096 + part * CHUNK_BYTES - 200 + 100 * part)
      for (let i = 0; i < 5; i++) flip(file, 4096 + random.below(20e6))
    }
    const alone = await verifyLog(dir, { workers: 1 })
    expect(alone.damage.length).toBeGreaterThan(10)
    expect(alone.damage.every(({ singleBit }) => singleBit !== null)).toBe(true)
    for (const workers of [2, 3]) expect(await verifyLog(dir, { workers })).toEqual(alone)
  })

  it('brings back an error of a thread with its facts', async () => {
    const page = readFileSync(files[1]!).subarray(0, 8192)
    const checker = await createChecker()
    const salt = decodeHeaderPage(page.subarray(0, 4096), checker).header!.salt
    const frame = page.subarray(4096, 4096 + frameBytes(page.readUInt32LE(4096 + 8)))
    frame[12] = 7
    frame.writeBigUInt64LE(checker.xxh64(frame.subarray(8)) ^ salt, 0)
    const handle = openSync(files[1]!, 'r+')
    writeSync(handle, frame, 0, frame.length, 4096)
    closeSync(handle)
    for (const workers of [1, 2]) {
      await expect(verifyLog(dir, { workers })).rejects.toMatchObject({ code: 'ERR_RINGWAL_FORMAT', offset: 4096 })
    }
  })

  it('refuses what it can not do at once', async () => {
    await expect(verifyLog(join(dir, 'nothing'), { workers: 2 })).rejects.toMatchObject({
      code: 'ERR_RINGWAL_NOT_FOUND',
    })
    for (const workers of [0, 65, 1.5]) {
      await expect(verifyLog(dir, { workers })).rejects.toMatchObject({ code: 'ERR_RINGWAL_OPTION', option: 'workers' })
    }
  })
})
