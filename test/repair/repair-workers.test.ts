import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  createChecker,
  decodeHeaderPage,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  frameBytes,
  HEADER_PAGE_BYTES,
} from '../../src/format/index.ts'
import { Wal } from '../../src/index.ts'
import { repairLog } from '../../src/repair/index.ts'
import { verifyLog } from '../../src/verify/verify-log.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { flipByte } from '../tools/cli.ts'

const SEGMENT = (number: number): string => `${String(number).padStart(20, '0')}.rwal`

/** Four segments, three of them large enough to be written past the page cache, with damage in each. */
async function damagedLog(root: string): Promise<string> {
  const dir = join(root, 'log')
  const wal = await Wal.open({ dir, sync: { policy: 'never' }, segmentBytes: 17 << 19 })
  const payload = new Uint8Array(40_000)
  for (let i = 0; i < 800; i++) {
    wal.appendBytes(payload.fill(i), { type: i % 7 })
    if (i % 50 === 0) await wal.flush()
  }
  await wal.close()
  for (const number of [1, 2, 3, 4])
    for (const offset of [5000, 100_000, 150_000]) flipByte(join(dir, SEGMENT(number)), offset)
  return dir
}

function digestOf(dir: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(dir)
    .filter((name) => name.endsWith('.rwal'))
    .sort())
    hash.update(name).update(readFileSync(join(dir, name)))
  return hash.digest('hex')
}

describe('a repair on several threads', () => {
  it('makes the same bytes as on one', async () => {
    const root = temporaryDirectory()
    const dir = await damagedLog(root)
    const digests = new Set<string>()
    const told: [number, number][] = []
    for (const workers of [1, 2]) {
      const output = join(root, `out-${workers}`)
      const report = await repairLog(dir, { output, workers, onProgress: (done, total) => told.push([done, total]) })
      const { ok, records } = await verifyLog(output)
      expect({ ok, records }).toEqual({ ok: true, records: report.recordsKept })
      expect(report.recordsLost).toBe(12)
      digests.add(digestOf(output))
    }
    expect(digests.size).toBe(1)
    expect(told.every(([done, total], i) => done <= total && total === told[0]![1] && done >= 0 && i >= 0)).toBe(true)
    expect(told.at(-1)![0]).toBe(told.at(-1)![1])
  })

  it('that fails in one of them leaves nothing behind', async () => {
    const root = temporaryDirectory()
    const dir = await damagedLog(root)
    await makeUnknown(join(dir, SEGMENT(2)))
    const refused = repairLog(dir, { output: join(root, 'out'), workers: 2 })
    await expect(refused).rejects.toMatchObject({ code: 'ERR_RINGWAL_FORMAT', name: 'RingwalError' })
    expect(readdirSync(root)).toEqual(['log'])
  })
})

/** Makes the first frame of a segment one of a kind that this version does not know. */
async function makeUnknown(path: string): Promise<void> {
  const checker = await createChecker()
  const bytes = new Uint8Array(readFileSync(path))
  const view = new DataView(bytes.buffer)
  const { salt } = decodeHeaderPage(bytes.subarray(0, HEADER_PAGE_BYTES), checker).header!
  const at = HEADER_PAGE_BYTES
  const size = frameBytes(view.getUint32(at + FRAME_LENGTH_AT, true))
  view.setUint8(at + FRAME_KIND_AT, 7)
  view.setBigUint64(at, checker.xxh64(bytes.subarray(at + FRAME_LENGTH_AT, at + size)) ^ salt, true)
  writeFileSync(path, bytes)
}
