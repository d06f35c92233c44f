import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createChecker, createKernelMemory, decodeHeaderPage, SegmentScanner } from '../../src/format/index.ts'
import { verifyLog } from '../../src/index.ts'
import { byteSource } from '../format/segment-bytes.ts'
import type { GoldenLog } from './golden-log.ts'
import { goldenLogs } from './vectors.ts'

const checker = await createChecker()
const memory = createKernelMemory(1 << 16)
const CLEAN = ['sealed', 'unsealed', 'every-kind', 'batches', 'bigint64', 'recycled-sealed', 'lsn-limit']
const logs = goldenLogs().filter(({ name }) => CLEAN.includes(name))

/** What the format code finds in a segment: one line for each copy of the header, place and frame. */
function told(file: Uint8Array, salt: bigint, payloadMax: number, firstLsn: number): string {
  const { copyA, copyB, restIsZero } = decodeHeaderPage(file.subarray(0, 4096), checker)
  const settings = { salt, payloadMax, end: file.length - (file.length % 8), expected: firstLsn }
  const scanner = new SegmentScanner(byteSource(file), settings, memory)
  const lines = [`${copyA} ${copyB} ${restIsZero}`]
  for (;;) {
    const step = scanner.next()
    lines.push(`${step.kind} ${step.offset} ${step.kind === 'run' ? step.to - step.from : step.reason}`)
    if (step.kind === 'end') return lines.join('\n')
  }
}

/** Offset behind the last byte that means something: what an end frame leaves behind it is dead. */
function liveBytes(log: GoldenLog, whole: string): number {
  const [, offset, reason] = /end (\d+) (\w+)$/.exec(whole) ?? []
  return reason === 'sealed' ? Number(offset) : log.files[0]!.bytes.length
}

describe.each(logs.map((log) => [log.name, log] as const))('%s', (_name, log) => {
  const file = log.files[0]!.bytes
  const header = decodeHeaderPage(file.subarray(0, 4096), checker).header!
  const tell = (bytes: Uint8Array): string => told(bytes, header.salt, header.payloadMax, header.firstLsn)
  const whole = tell(file)
  const live = liveBytes(log, whole)

  it('has no live byte that can change unnoticed', () => {
    const copy = file.slice()
    for (let at = 0; at < live; at++) {
      // A header of another version is refused, with an error; any other change is told of.
      for (const mask of [1 << (at % 8), 0xff]) {
        copy[at]! ^= mask
        expect(tell(copy), `offset ${at}, mask ${mask}`).not.toBe(whole)
        copy[at]! ^= mask
      }
    }
    expect(tell(copy)).toBe(whole)
  })

  it('and verify tells of it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'ringwal-golden-'))
    const path = join(dir, log.files[0]!.path)
    try {
      mkdirSync(dir, { recursive: true })
      writeFileSync(path, file)
      const { damage, tornTail } = await verifyLog(dir)
      expect({ damage, tornTail }).toEqual({ damage: [], tornTail: null })
      const copy = file.slice()
      for (let at = 3; at < live; at += at < 4000 ? 499 : 61) {
        copy[at]! ^= 0x24
        writeFileSync(path, copy)
        const report = await verifyLog(dir)
        expect(report.damage.length + (report.tornTail === null ? 0 : 1), `offset ${at}`).toBeGreaterThan(0)
        copy[at]! ^= 0x24
      }
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
})
