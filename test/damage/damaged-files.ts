/** The two segment files of a sample log as a campaign damages them, and the kinds of damage it can do to them. */
import { HEADER_BYTES, HEADER_COPY_B_AT, HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import type { MemoryFiles } from './memory-files.ts'
import type { SampleLog, SampleSegment } from './sample-log.ts'

export const SECTOR_BYTES = 512
const ROOM_BYTES = 1 << 15

/** One file: `bytes` has room behind `size`, which is zeros. */
export interface DamagedFile {
  readonly segment: SampleSegment
  readonly bytes: Uint8Array<ArrayBuffer>
  size: number
}

/** The files of a log, whole, ready to be damaged; made once and restored for every case. */
export class DamagedFiles {
  readonly files: readonly DamagedFile[]

  constructor(log: SampleLog) {
    this.files = log.segments.map((segment) => ({ segment, bytes: new Uint8Array(ROOM_BYTES), size: 0 }))
    this.restore()
  }

  restore(): void {
    for (const file of this.files) {
      const { bytes } = file.segment
      file.bytes.set(bytes)
      file.bytes.fill(0, bytes.length)
      file.size = bytes.length
    }
  }

  /** Puts them, and what else a log's directory holds, in place. */
  write(fs: MemoryFiles, log: SampleLog): void {
    for (const { segment, bytes, size } of this.files) fs.put(segment.path, bytes.subarray(0, size))
    for (const [name, bytes] of log.others) fs.put(`${LOG_DIR}/${name}`, bytes)
  }
}

type Step = (files: DamagedFiles, random: SeededRandom) => string

const STEPS: readonly (readonly [weight: number, Step])[] = [
  [4, flipBits],
  [3, swapSectors],
  [2, repeatSector],
  [3, misplaceSector],
  [3, bringBackSector],
  [2, zeroRange],
  [2, truncate],
  [2, addGarbage],
  [1, changeBytes],
]
const WEIGHTS = STEPS.reduce((sum, [weight]) => sum + weight, 0)

/** Damages the files once to four times. @returns what was done, for people */
export function damageAtRandom(files: DamagedFiles, random: SeededRandom): string {
  const done: string[] = []
  for (let left = random.chance(0.6) ? 1 : random.between(2, 4); left > 0; left--) {
    let draw = random.below(WEIGHTS)
    const [, step] = STEPS.find(([weight]) => {
      draw -= weight
      return draw < 0
    })!
    done.push(step(files, random))
  }
  return done.join('; ')
}

function nameOf({ segment }: DamagedFile): string {
  return `segment ${segment.header.number}`
}

/** Any byte; the header's copies, which are few, and the last frames more often than by chance. */
function anyOffset(file: DamagedFile, random: SeededRandom): number {
  const { end } = file.segment
  if (random.chance(0.1)) return random.pick([0, HEADER_COPY_B_AT]) + random.below(HEADER_BYTES)
  if (random.chance(0.1)) return end - 1 - random.below(400)
  return random.below(Math.max(1, file.size))
}

function flipBits({ files }: DamagedFiles, random: SeededRandom): string {
  const flips = Array.from({ length: random.pick([1, 2, 2, 2, 3]) }, () => {
    const file = random.pick(files)
    const offset = anyOffset(file, random)
    const bit = random.below(8)
    file.bytes[offset]! ^= 1 << bit
    return `${nameOf(file)} byte ${offset} bit ${bit}`
  })
  return `flipped ${flips.join(', ')}`
}

interface Sector {
  readonly file: DamagedFile
  readonly at: number
}

/** A sector: of the header page one time in eight. */
function anySector(file: DamagedFile, random: SeededRandom): Sector {
  const first = HEADER_PAGE_BYTES / SECTOR_BYTES
  const count = Math.max(first + 1, Math.ceil(file.size / SECTOR_BYTES))
  const index = random.chance(0.12) ? random.pick([0, 0, 4, 4, 1]) : first + random.below(count - first)
  return { file, at: index * SECTOR_BYTES }
}

function contentOf({ file, at }: Sector): Uint8Array {
  return file.bytes.slice(at, at + SECTOR_BYTES)
}

/** Puts bytes in a sector's place; a file does not grow by it. */
function fill({ file, at }: Sector, bytes: Uint8Array): void {
  const length = Math.max(0, Math.min(bytes.length, file.size - at))
  file.bytes.set(bytes.subarray(0, length), at)
}

function swapSectors({ files }: DamagedFiles, random: SeededRandom): string {
  const one = anySector(random.pick(files), random)
  const two = anySector(random.chance(0.7) ? one.file : random.pick(files), random)
  const [first, second] = [contentOf(one), contentOf(two)]
  fill(one, second)
  fill(two, first)
  return `swapped ${nameOf(one.file)} sector at ${one.at} and ${nameOf(two.file)} sector at ${two.at}`
}

function repeatSector({ files }: DamagedFiles, random: SeededRandom): string {
  const { file, at } = anySector(random.pick(files), random)
  const count = random.between(1, 3)
  const content = contentOf({ file, at })
  for (let i = 1; i <= count; i++) fill({ file, at: at + i * SECTOR_BYTES }, content)
  return `repeated ${nameOf(file)} sector at ${at} ${count} times behind it`
}

function misplaceSector({ files }: DamagedFiles, random: SeededRandom): string {
  const from = anySector(random.pick(files), random)
  const to = anySector(random.chance(0.7) ? from.file : random.pick(files), random)
  fill(to, contentOf(from))
  return `put ${nameOf(from.file)} sector at ${from.at} over ${nameOf(to.file)} sector at ${to.at}`
}

/** As the sector was before the segment was begun, or when only the frames before one of its own were written. */
function bringBackSector({ files }: DamagedFiles, random: SeededRandom): string {
  const { file, at } = anySector(random.pick(files), random)
  const { segment } = file
  const count = random.pick([1, 1, 1, 2, 4])
  const inside = segment.frames.filter(({ offset }) => offset > at && offset < at + SECTOR_BYTES)
  const from = inside.length > 0 && random.chance(0.4) ? random.pick(inside).offset : at
  const former = segment.former.subarray(from, at + count * SECTOR_BYTES)
  fill({ file, at: from }, former)
  return `brought back ${former.length} bytes of the former ${nameOf(file)} at ${from}`
}

function zeroRange({ files }: DamagedFiles, random: SeededRandom): string {
  const file = random.pick(files)
  let from = anyOffset(file, random)
  let length = random.pick([1, 8, 40, 100, 512, 512, 2048, file.size])
  if (random.chance(0.6)) {
    from -= from % SECTOR_BYTES
    length = Math.ceil(length / SECTOR_BYTES) * SECTOR_BYTES
  }
  file.bytes.fill(0, from, Math.min(file.size, from + length))
  return `zeroed ${length} bytes of ${nameOf(file)} from ${from}`
}

/** Cuts a file, sometimes to nothing; sometimes what was cut comes back as zeros. */
function truncate({ files }: DamagedFiles, random: SeededRandom): string {
  const file = random.pick(files)
  const to = random.chance(0.05) ? 0 : anyOffset(file, random)
  const { size } = file
  file.bytes.fill(0, to, size)
  if (random.chance(0.8)) file.size = to
  return `cut ${nameOf(file)} to ${to} of ${size} bytes${file.size === size ? ', the rest zeros' : ''}`
}

/** Behind the last frame, or behind the file: noise, frames of the segment itself, or of the other file. */
function addGarbage({ files }: DamagedFiles, random: SeededRandom): string {
  const file = random.pick(files)
  const at = random.chance(0.6) ? Math.min(file.size, file.segment.end) : file.size
  const length = Math.min(ROOM_BYTES - at, random.pick([1, 7, 8, 40, 512, 3000]))
  const kind = random.pick(['noise', 'own frames', 'frames of another segment'])
  if (kind === 'noise') {
    file.bytes.set(random.bytes(length), at)
  } else {
    const from = kind === 'own frames' ? file.segment : random.pick(files).segment
    const start = random.pick(from.frames).offset
    file.bytes.set(from.bytes.subarray(start, Math.min(start + length, from.bytes.length)), at)
  }
  file.size = Math.max(file.size, at + length)
  return `put ${length} bytes of ${kind} at ${at} of ${nameOf(file)}`
}

function changeBytes({ files }: DamagedFiles, random: SeededRandom): string {
  const file = random.pick(files)
  const at = anyOffset(file, random)
  const length = Math.min(random.between(2, 64), Math.max(0, file.size - at))
  file.bytes.set(random.bytes(length), at)
  return `put ${length} bytes of noise at ${at} of ${nameOf(file)}`
}
