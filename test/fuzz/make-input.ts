/** The files of one case, from a seed: a golden log changed by meaning, or noise. */
import { FRAME_PAYLOAD_LIMIT, HEADER_PAGE_BYTES, segmentName } from '../../src/format/index.ts'
import { SAMPLE_NAMES, sampleLog } from '../damage/sample-log.ts'
import { goldenLogs } from '../golden/vectors.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { copyHeader, type FuzzFile, putTogether, relink, sealFrame, takeApart, viewOf } from './fuzz-log.ts'
import { mutateDirectory } from './mutate-directory.ts'
import { mutateFrames, mutateHeader } from './mutate-segment.ts'

/** More than this is cut off, so that a case stays a case. */
const INPUT_BYTES_MAX = 1 << 20

export class InputMaker {
  private readonly bases: readonly (readonly FuzzFile[])[] = [
    ...goldenLogs().map(({ files }) => files.map(({ path, bytes }) => ({ name: path, kind: 'file' as const, bytes }))),
    ...SAMPLE_NAMES.map((name) => {
      return sampleLog(name).segments.map(({ name: file, bytes }) => ({ name: file, kind: 'file' as const, bytes }))
    }),
  ].map((files) => files.filter(({ name }) => !name.includes('/')))

  /** Always the same for a seed and a number. */
  make(seed: number, number: number): FuzzFile[] {
    const random = new SeededRandom(seed * 2 ** 32 + number)
    if (random.chance(0.08)) return noise(random)
    if (random.chance(0.02)) return [mineField(random)]
    const files = random.pick(this.bases).map((file) => ({ ...file }))
    return mutated(files, random)
  }
}

function mutated(files: readonly FuzzFile[], random: SeededRandom): FuzzFile[] {
  const segments = files.map(takeApart)
  for (let left = random.pick([1, 1, 2, 3, 6]); left > 0 && segments.length > 0; left--) {
    const segment = random.pick(segments)
    if (random.chance(0.25)) mutateHeader(segment, random)
    else mutateFrames(segment, random)
    if (random.chance(0.1))
      moveFrame(
        segments.flatMap(({ frames }) => frames),
        segment.frames,
        random,
      )
  }
  if (random.chance(0.2)) for (const frame of segments.flatMap(({ frames }) => frames)) frame.isSealed = true
  if (random.chance(0.4)) relink(segments)
  const result = segments.map(putTogether)
  while (result.length > 0 && random.chance(0.3)) mutateDirectory(result, random)
  if (random.chance(0.2)) scribble(result, random)
  for (const file of result) file.bytes = file.bytes.subarray(0, INPUT_BYTES_MAX)
  return result
}

/** A frame of another segment, sealed for this one. */
function moveFrame(
  from: readonly { bytes: Uint8Array<ArrayBuffer> }[],
  to: { bytes: Uint8Array<ArrayBuffer>; isSealed: boolean }[],
  random: SeededRandom,
): void {
  if (from.length === 0) return
  to.splice(random.below(to.length + 1), 0, { bytes: random.pick(from).bytes.slice(), isSealed: true })
}

/** Bytes changed without regard to what they mean. */
function scribble(files: readonly FuzzFile[], random: SeededRandom): void {
  if (files.length === 0) return
  const file = random.pick(files)
  if (file.bytes.length === 0) return
  file.bytes = file.bytes.slice()
  for (let left = random.pick([1, 3, 20]); left > 0; left--) {
    file.bytes[random.below(file.bytes.length)]! ^= 1 << random.below(8)
  }
}

const FILLINGS: readonly ((random: SeededRandom, length: number) => Uint8Array)[] = [
  (random, length) => random.bytes(length),
  (random, length) => new Uint8Array(length).fill(random.below(256)),
  (random, length) => new Uint8Array(length).map((_, i) => (i % 8 === 4 ? random.below(6) : 0)),
]

/** One to three files of anything. */
function noise(random: SeededRandom): FuzzFile[] {
  return Array.from({ length: random.between(1, 3) }, (_, i) => {
    const length = random.pick([0, 7, 128, 4095, 4096, 4136, random.below(20_000)])
    return { name: segmentName(i + 1), kind: 'file' as const, bytes: random.pick(FILLINGS)(random, length) }
  })
}

/** A segment whose maker knows the salt, and names a long frame at every few bytes: each one has to be hashed. */
function mineField(random: SeededRandom): FuzzFile {
  const bytes = sampleLog('closed').segments[0]!.bytes.slice(0, HEADER_PAGE_BYTES)
  const segment = takeApart({ name: segmentName(1), kind: 'file', bytes })
  viewOf(segment.page).setUint32(100, FRAME_PAYLOAD_LIMIT, true)
  copyHeader(segment.page)
  segment.isSealed = random.chance(0.9)
  segment.tail = mines(random.pick([1 << 14, 1 << 16, 1 << 18]), viewOf(segment.page).getBigUint64(48, true), random)
  return putTogether(segment)
}

function mines(length: number, salt: bigint, random: SeededRandom): Uint8Array {
  const bytes = new Uint8Array(length)
  const step = random.pick([16, 40, 48, 512])
  for (let at = 0; at + 40 <= length; at += step) {
    const view = viewOf(bytes.subarray(at))
    view.setUint32(8, Math.max(0, length - at - 40 - random.pick([0, 8, 4096])), true)
    view.setUint8(12, random.pick([1, 2, 3, 5, 128]))
    view.setBigUint64(16, BigInt(random.between(1, 9)), true)
    view.setUint32(36, Number(salt & 0xffff_ffffn), true)
    if (random.chance(0.01)) sealFrame(bytes.subarray(at), salt)
  }
  return bytes
}
