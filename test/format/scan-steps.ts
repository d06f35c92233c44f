import { expect } from 'vitest'
import {
  createKernelMemory,
  createReferenceMemory,
  type FrameMemory,
  frameBytes,
  KIND_RECORD,
  readFrame,
  type ScanSettings,
  type ScanStep,
  SegmentScanner,
} from '../../src/format/index.ts'
import { byteSource, type FrameSpec, PAYLOAD_MAX, SALT } from './segment-bytes.ts'

/** A record as a scan delivered it, or as it was written. */
export interface ReadRecord {
  readonly lsn: number
  readonly type: number
  readonly time: bigint
  readonly key: number
  readonly payload: string
}

/** A run as plain facts; addresses depend on the memory and are left out. */
export interface RunFacts {
  readonly kind: 'run'
  readonly offset: number
  readonly bytes: number
  readonly records: number
}

export interface Scanned {
  readonly steps: (RunFacts | Exclude<ScanStep, { kind: 'run' }>)[]
  readonly records: ReadRecord[]
  readonly mark: number
  readonly expected: number
  readonly whole: { readonly offset: number; readonly expected: number; readonly check: bigint }
}

const kernelMemory = createKernelMemory(1 << 16)
const referenceMemory = await createReferenceMemory(1 << 16)

/** Walks the whole file on the WebAssembly kernel. Fails if the walk does not come to its end. */
export function scanFile(
  file: Uint8Array,
  settings: Partial<ScanSettings> = {},
  memory: FrameMemory = kernelMemory,
): Scanned {
  const base = { salt: SALT, payloadMax: PAYLOAD_MAX, end: file.length, expected: 1 }
  const scanner = new SegmentScanner(byteSource(file), { ...base, ...settings }, memory)
  const steps: Scanned['steps'] = []
  const records: ReadRecord[] = []
  for (;;) {
    const step = scanner.next()
    steps.push(step.kind === 'run' ? runFacts(step) : step)
    if (step.kind === 'run') readRun(scanner.memory, step.from, step.to, records)
    if (step.kind === 'end') break
    expect(steps.length).toBeLessThanOrEqual(file.length)
  }
  const whole = { offset: scanner.wholeOffset, expected: scanner.wholeLsn, check: scanner.wholeCheck }
  return { steps, records, mark: scanner.mark, expected: scanner.expected, whole }
}

/** The same on the reference kernel too; both must tell the same. */
export function scanBoth(file: Uint8Array, settings: Partial<ScanSettings> = {}): Scanned {
  const scanned = scanFile(file, settings)
  expect(scanFile(file, settings, referenceMemory)).toEqual(scanned)
  return scanned
}

/** What a scan of these frames must deliver. */
export function recordsIn(specs: readonly FrameSpec[]): ReadRecord[] {
  return specs
    .filter(({ kind }) => kind === KIND_RECORD)
    .map(({ lsn, type = 0, time = 0n, key = 0, payload }) => ({
      lsn,
      type,
      time,
      key,
      payload: hexOf(payload ?? new Uint8Array(0)),
    }))
}

/** The steps that are not runs, without what their headers claim. */
export function badPlaces(scanned: Scanned): object[] {
  return scanned.steps
    .filter((step) => step.kind === 'bad')
    .map(({ offset, bytes, reason, expected, resumed }) => ({ offset, bytes, reason, expected, resumed }))
}

function runFacts(run: Extract<ScanStep, { kind: 'run' }>): RunFacts {
  return { kind: 'run', offset: run.offset, bytes: run.to - run.from, records: run.records }
}

function readRun({ view, bytes }: FrameMemory, from: number, to: number, records: ReadRecord[]): void {
  for (let at = from; at < to; ) {
    const { kind, lsn, type, time, key, length } = readFrame(view, at)
    const payload = hexOf(bytes.slice(at + 40, at + 40 + length))
    if (kind === KIND_RECORD) records.push({ lsn, type, time, key, payload })
    at += frameBytes(length)
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
