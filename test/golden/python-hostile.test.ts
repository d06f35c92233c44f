import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FRAME_PAYLOAD_LIMIT } from '../../src/format/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { jsonLines } from '../tools/cli.ts'
import { ringwalInside } from '../tools/inside.ts'
import { FrameList } from './frame-list.ts'
import { buildSegments, type GoldenFile } from './golden-log.ts'
import { BIGINT_VALUES, bytesOfHex, PLAIN_VALUES, REFUSED_VALUES } from './messagepack-values.ts'
import { askPython, commonFacts, hasPython } from './python-reader.ts'
import { goldenLogs } from './vectors.ts'

const root = mkdtempSync(join(tmpdir(), 'ringwal-hostile-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let count = 0

function store(files: readonly GoldenFile[]): string {
  const dir = join(root, String(++count))
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), bytes)
  }
  return dir
}

/** A file with bits flipped, bytes moved, lengths and LSNs that are claims, cut, or with noise behind it. */
function harm(file: Uint8Array, from: number, random: SeededRandom): Uint8Array {
  const bytes = new Uint8Array(file.length + 64)
  bytes.set(file)
  bytes.set(random.bytes(64), file.length)
  for (let times = random.between(1, 4); times > 0; times--) {
    const at = random.between(from, Math.max(from, file.length - 1))
    const aligned = at - (at % 8)
    const choice = random.below(5)
    if (choice === 0) bytes[at]! ^= 1 << random.below(8)
    if (choice === 1) bytes.fill(random.pick([0, 0xff, 0x80]), at, at + random.between(1, 9))
    if (choice === 2) bytes.copyWithin(aligned, random.between(from >> 3, file.length >> 3) * 8, aligned + 200)
    if (choice === 3) bytes.fill(0, aligned, aligned + random.between(1, 512))
    if (choice === 4) bytes.set(random.bytes(random.between(1, 40)), Math.min(at, file.length))
  }
  return bytes.subarray(0, random.chance(0.3) ? random.between(from, file.length + 64) : file.length)
}

/** Golden logs of which one file is harmed, from an offset on. */
function harmedLogs(rounds: number, from: number, random: SeededRandom): string[] {
  const logs = goldenLogs().filter(({ files }) => files.every(({ bytes }) => bytes.length >= 4096))
  return Array.from({ length: rounds }, () => {
    const { files } = random.pick(logs)
    const chosen = random.pick(files)
    return store(files.map((file) => (file === chosen ? { ...file, bytes: harm(file.bytes, from, random) } : file)))
  })
}

describe.skipIf(!hasPython)('the Python reader (skipped where there is no python3), given what nobody wrote', () => {
  it('finds in logs with harmed frames what ringwal finds', async () => {
    const dirs = harmedLogs(250, 4096, new SeededRandom(7))
    const checked = askPython(dirs.map((dir) => ['check', dir]))
    const dumped = askPython(dirs.map((dir) => ['dump', dir]))
    const exits = new Set<number>()
    for (const [i, dir] of dirs.entries()) {
      const verify = await ringwalInside(['verify', dir, '--json'])
      exits.add(verify.code)
      expect(checked[i]!.code, dir).toBe(verify.code)
      if (verify.code === 2) continue
      expect(commonFacts(checked[i]!.stdout), dir).toEqual(commonFacts(verify.stdout))
      const dump = await ringwalInside(['dump', dir, '--json'])
      expect(jsonLines(dumped[i]!.stdout), dir).toEqual(jsonLines(dump.stdout))
    }
    expect(exits.size).toBe(3)
  })

  it('survives harmed header pages, and noise', () => {
    const random = new SeededRandom(8)
    const dirs = harmedLogs(150, 0, random)
    for (let i = 0; i < 30; i++) {
      dirs.push(store([{ path: '00000000000000000001.rwal', bytes: random.bytes(random.below(9000)) }]))
    }
    for (const { code } of askPython(dirs.map((dir) => ['check', dir]))) expect([0, 1, 2]).toContain(code)
    for (const { code } of askPython(dirs.map((dir) => ['dump', dir]))) expect([0, 1, 2]).toContain(code)
  })

  it.each([false, true])('decodes what ringwal decodes, and nothing else (big integers: %s)', async (useBigInt64) => {
    const random = new SeededRandom(9)
    const values = [...PLAIN_VALUES, ...BIGINT_VALUES, ...REFUSED_VALUES].map(bytesOfHex)
    const frames = new FrameList()
    for (const value of values) frames.packed(value)
    for (let i = 0; i < 1500; i++) {
      const value = Uint8Array.of(...random.pick(values).slice(0, 60), ...random.bytes(random.below(3)))
      value[random.below(value.length)] = random.chance(0.5) ? random.below(256) : random.between(0x80, 0xdf)
      frames.packed(value.subarray(0, random.between(1, value.length)))
    }
    const header = { codecSettings: useBigInt64 ? 1 : 0 }
    const dir = store(buildSegments('random values', [{ frames: frames.end(), header }]))
    const [python] = askPython([['dump', dir]])
    const dump = await ringwalInside(['dump', dir, '--json'])
    const [theirs, ours] = [jsonLines(python!.stdout), jsonLines(dump.stdout)]
    expect(theirs.length).toBe(frames.specs.length - 1)
    ours.forEach((line, i) => {
      if (!isBeyondPython(line['value'])) expect(theirs[i]).toEqual(line)
    })
    expect(ours.filter(({ value }) => !JSON.stringify(value).includes('$bytes')).length).toBeGreaterThan(200)
  })

  it('does not hash without end in a file made for it', () => {
    const frames = new FrameList().value(1)
    const [segment] = buildSegments('made to harm', [{ frames, header: { payloadMax: FRAME_PAYLOAD_LIMIT } }])
    const bytes = new Uint8Array(1 << 20)
    bytes.set(segment!.bytes.subarray(0, 4096))
    const view = new DataView(bytes.buffer)
    for (let at = 4096; at + 40 < bytes.length; at += 16) {
      view.setUint32(at + 8, (bytes.length - at - 48) & ~7, true)
      view.setUint8(at + 12, 1)
      view.setUint32(at + 4, Number(segment!.header.salt & 0xffffffffn), true)
    }
    const started = performance.now()
    const [answer] = askPython([['check', store([{ path: segment!.path, bytes }])]])
    expect([0, 1]).toContain(answer!.code)
    expect(performance.now() - started).toBeLessThan(25_000)
  })
})

/** Whether a value holds a date that Python's `datetime` has no year for. */
function isBeyondPython(value: unknown): boolean {
  return /"([+-]\d{6}|0000)-\d\d-\d\dT/.test(JSON.stringify(value))
}
