/** A segment walked over in parts, each begun on the word of its own frames, tells what one walk over all of it does. */
import { describe, expect, it } from 'vitest'
import { HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import { surveyChunk } from '../../src/read/chunk-survey.ts'
import { viewLog, withFile } from '../../src/read/log-view.ts'
import { tolerantSource } from '../../src/read/tolerant-source.ts'
import type { StoredSegment } from '../../src/storage/segment-directory.ts'
import { runChunk } from '../../src/verify/chunk-worker.ts'
import { ChunkJoin, type ChunkTask, planChunks } from '../../src/verify/survey-plan.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { edit } from '../support/log-images.ts'
import { payload, readPorts } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

/** Records of all lengths, one by one and in batches, with marks between them, in two segments; the last one open or closed. */
function someLog(random: SeededRandom): SimulatedDisk {
  const disk = new SimulatedDisk({ recordCalls: false })
  const log = LogHarness.open(disk, { policy: random.chance(0.5) ? 'always' : 'never', segmentBytes: 16384 })
  for (let i = 0; i < 120; i++) {
    const records = Array.from({ length: random.chance(0.3) ? 1 + random.below(6) : 1 }, () =>
      payload(random.below(200), i),
    )
    if (records.length > 1) log.appender.appendBytesBatch(records.map((bytes) => ({ bytes })))
    else log.appender.appendBytes(records[0]!)
    if (random.chance(0.5)) log.settle()
    if (random.chance(0.05)) log.flush()
  }
  log.settle()
  if (random.chance(0.5)) log.close()
  const after = disk.processDeath()
  after.sync()
  return after
}

function harm(disk: SimulatedDisk, random: SeededRandom, path: string): void {
  edit(disk, path, (bytes) => {
    for (let i = random.below(4); i > 0; i--) {
      const at = HEADER_PAGE_BYTES + random.below(bytes.length - HEADER_PAGE_BYTES)
      const kind = random.below(4)
      if (kind === 0) bytes[at]! ^= 1 << random.below(8)
      else if (kind === 1) bytes.fill(0, at, at + random.below(600))
      else if (kind === 2) bytes.copyWithin(at - (at % 512), HEADER_PAGE_BYTES, HEADER_PAGE_BYTES + 512)
      else bytes.set(random.bytes(Math.min(300, bytes.length - at)), at)
    }
    return random.chance(0.2)
      ? bytes.slice(0, HEADER_PAGE_BYTES + random.below(bytes.length - HEADER_PAGE_BYTES))
      : bytes
  })
}

async function surveyByParts(
  disk: SimulatedDisk,
  segment: StoredSegment,
  chunkBytes: number,
): Promise<{ survey: unknown; again: number }> {
  const ports = readPorts(disk)
  let runs = 0
  const run = async (task: ChunkTask) => {
    runs++
    return runChunk(ports, task)
  }
  const join = new ChunkJoin(run)
  const tasks = planChunks(segment, chunkBytes)
  for (const task of tasks) await join.add(task, await run(task))
  return { survey: join.survey, again: runs - tasks.length }
}

describe('a segment in parts', () => {
  it('tells what one walk tells, whatever its damage and wherever the parts begin', async () => {
    let parts = 0
    let damaged = 0
    for (let seed = 1; seed <= 150; seed++) {
      const random = new SeededRandom(seed)
      const disk = someLog(random)
      for (const { path } of viewLog(readPorts(disk), LOG_DIR).segments)
        if (random.chance(0.8)) harm(disk, random, path)
      const ports = readPorts(disk)
      for (const segment of viewLog(ports, LOG_DIR).segments) {
        const whole = withFile(disk, segment.path, (file) =>
          surveyChunk(tolerantSource(disk, file), segment, ports.memory),
        )
        const chunkBytes = 8 * (8 + random.below(400))
        const { survey } = await surveyByParts(disk, segment, chunkBytes)
        expect(survey, `seed ${seed}, ${segment.name}, parts of ${chunkBytes}`).toEqual(whole)
        parts += planChunks(segment, chunkBytes).length
        damaged += whole.places.length > 0 ? 1 : 0
      }
    }
    expect(parts).toBeGreaterThan(1000)
    expect(damaged).toBeGreaterThan(100)
  })

  it('is walked over once where nothing is damaged', async () => {
    const disk = someLog(new SeededRandom(3))
    for (const segment of viewLog(readPorts(disk), LOG_DIR).segments) {
      if (!segment.isLast) expect((await surveyByParts(disk, segment, 2048)).again).toBe(0)
    }
  })
})

describe('a part of a long segment', () => {
  it('is read once: little is read of what stands before and behind it', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy: 'never', segmentBytes: 1 << 21, ringBytes: 1 << 18 })
    for (let i = 0; i < 6000; i++) {
      if (!log.producer.hasRoomFor(4096)) log.settle()
      log.appender.appendBytes(payload(200 + (i % 100), i))
    }
    log.close()
    disk.calls.length = 0
    const ports = readPorts(disk)
    const [segment] = viewLog(ports, LOG_DIR).segments
    disk.calls.length = 0
    const tasks = planChunks(segment!, 1 << 17)
    const records = tasks.map((task) => runChunk(ports, task).survey!.records)
    const read = disk.calls.reduce((sum, { operation, length }) => sum + (operation === 'read' ? (length ?? 0) : 0), 0)
    expect(tasks.length).toBeGreaterThan(10)
    expect(records.reduce((sum, count) => sum + count)).toBe(6000)
    // Where it begins is looked for, and a frame may reach over its end: 16 KiB each.
    expect(read).toBeLessThan(segment!.end + tasks.length * 2 * (1 << 14))
  })
})
