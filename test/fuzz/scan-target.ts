/** The scanner by itself, over any bytes: it goes through all of them, once, and ends. */
import { createReferenceMemory, type FrameMemory, type ScanSettings, SegmentScanner } from '../../src/format/index.ts'
import { byteSource } from '../format/segment-bytes.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import { Finding } from './oracles.ts'

const reference = await createReferenceMemory(1 << 16)

/** @param isTwice also with the second implementation of the kernel, which must see the same */
export function scanBytes(bytes: Uint8Array, memory: FrameMemory, random: SeededRandom, isTwice: boolean): void {
  if (bytes.length < 4096) return
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const end = Math.min(bytes.length, random.pick([bytes.length, bytes.length + 8, random.below(bytes.length)]))
  const settings: ScanSettings = {
    salt: view.getBigUint64(48, true),
    payloadMax: random.pick([view.getUint32(100, true), 0, 100, 67_108_824, 2 ** 32 - 1]),
    start: random.chance(0.7) ? 4096 : 8 * random.below(Math.ceil(bytes.length / 8)),
    end: end - (end % 8),
    expected: random.pick([0, 1, Number(view.getBigUint64(40, true) & 0x1f_ffff_ffff_ffffn)]),
    ...(random.chance(0.5) ? {} : { lsnMax: random.pick([0, 10, 2 ** 32, Number.MAX_SAFE_INTEGER]) }),
  }
  const steps = stepsOf(bytes, settings, memory)
  if (!isTwice) return
  const others = stepsOf(bytes, settings, reference)
  const at = steps.findIndex((step, i) => step !== others[i])
  if (at >= 0 || steps.length !== others.length)
    throw new Finding(`the two kernels differ at step ${at}: ${steps.at(at)}; ${others[at]}`)
}

function stepsOf(bytes: Uint8Array, settings: ScanSettings, memory: FrameMemory): string[] {
  const { start = 4096, end } = settings
  const scanner = new SegmentScanner(byteSource(bytes), settings, memory)
  const steps: string[] = []
  let offset = start
  for (;;) {
    const step = scanner.next()
    if (step.offset !== offset) throw new Finding(`a step at ${step.offset} follows one that ended at ${offset}`)
    steps.push(textOf(step))
    if (step.kind === 'end') break
    offset += step.kind === 'run' ? step.to - step.from : step.bytes
    if (offset > Math.max(start, end)) throw new Finding(`a step ends at ${offset}, behind the end, ${end}`)
    if (steps.length > 16 + (end - start) / 4) throw new Finding(`${steps.length} steps for ${end - start} bytes`)
  }
  return [...steps, `${scanner.mark} ${scanner.expected} ${scanner.wholeOffset} ${scanner.wholeLsn}`]
}

function textOf(step: ReturnType<SegmentScanner['next']>): string {
  if (step.kind === 'run') return `run ${step.offset} ${step.to - step.from} ${step.records}`
  return JSON.stringify(step, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}
