import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KIND_END, KIND_SYNC_MARK } from '../../src/format/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { bytesOfListing, documentBlock, TEST_FOLDER } from './document-page.ts'
import { scanFile } from './scan-steps.ts'
import { frameOf, framesOf, mixedFrames, PAYLOAD_MAX, SALT, segmentOf } from './segment-bytes.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0

/** Reads every file named in `files.txt` with the document's reader; prints what it tells, a line each. */
const PROGRAM = `
import json, sys
sys.path.insert(0, sys.argv[1])
exec(open("reader.py").read())
for name in open("files.txt").read().split():
    data = open(name, "rb").read()
    told = []
    for step in scan(data, len(data), ${SALT}, ${PAYLOAD_MAX}, 1):
        if step[0] != "frame":
            told.append(step)
        elif step[2][1] == RECORD:
            told.append(["record", step[2][4], step[2][7].hex()])
    print(json.dumps(told))
print(json.dumps({k: v if k != "log_id" else v.hex() for k, v in read_header(open("example", "rb").read()).items()}))
`

function readByPython(files: readonly Uint8Array[]): unknown[] {
  const folder = mkdtempSync(join(tmpdir(), 'ringwal-document-'))
  try {
    files.forEach((file, i) => {
      writeFileSync(join(folder, `${i}.bin`), file)
    })
    writeFileSync(join(folder, 'files.txt'), files.map((_, i) => `${i}.bin`).join('\n'))
    writeFileSync(join(folder, 'reader.py'), documentBlock('python'))
    writeFileSync(join(folder, 'example'), bytesOfListing(documentBlock('hex')))
    const args = ['-B', '-c', PROGRAM, join(TEST_FOLDER, 'fixtures')]
    const out = execFileSync('python3', args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 })
    return out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readByScanner(file: Uint8Array): unknown[] {
  const { steps, records } = scanFile(file)
  const told = steps.flatMap((step): unknown[] => {
    if (step.kind === 'run') return records.splice(0, step.records).map(({ lsn, payload }) => ['record', lsn, payload])
    if (step.kind === 'end') return [['end', step.offset, step.reason]]
    return [['bad', step.offset, step.bytes, step.reason, step.expected]]
  })
  return told
}

/** Segments that are whole, cut, flipped, with sectors lost, exchanged or in the wrong place. */
function harmedSegments(): Uint8Array[] {
  const random = new SeededRandom(20)
  const frames = framesOf(mixedFrames())
  const sealed = segmentOf(frames, frameOf({ kind: KIND_END, lsn: 38 }), random.bytes(100))
  const gap = segmentOf(frames, frameOf({ kind: KIND_SYNC_MARK, lsn: 40 }), framesOf(mixedFrames().slice(0, 3)))
  const open = segmentOf(frames, new Uint8Array(200))
  const files = [sealed, gap, open, segmentOf()]
  for (let round = 0; round < 120; round++) {
    const file = random
      .pick([sealed, gap, open])
      .slice(0, random.chance(0.3) ? random.between(4096, open.length) : undefined)
    for (let harm = random.below(4); harm > 0; harm--) {
      const at = random.between(4096, open.length)
      const choice = random.below(3)
      if (choice === 0 && at < file.length) file[at]! ^= 1 << random.below(8)
      if (choice === 1) file.fill(0, at, at + random.below(300))
      if (choice === 2)
        file.copyWithin(4096 + random.below(200) * 8, 4096 + random.below(200) * 8, 4096 + random.below(250) * 8)
    }
    files.push(file)
  }
  return files
}

describe('the Python reader in the format document', () => {
  it.skipIf(!hasPython)('tells of whole and harmed segments what the scanner tells', () => {
    const files = harmedSegments()
    const told = readByPython(files)
    files.forEach((file, i) => {
      expect(told[i], `file ${i}`).toEqual(readByScanner(file))
    })
    expect(new Set(files.flatMap(readByScanner).map((line) => (line as unknown[])[3])).size).toBeGreaterThan(5)
    expect(told.at(-1)).toMatchObject({
      version: 1,
      log_id: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
      number: 1,
      payload_max: 1048576,
    })
  })
})
