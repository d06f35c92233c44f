/** Files with a segment's name that have the facts of HEADER_TABLE, as bytes; and those facts read back from bytes. */
import {
  HEADER_BYTES,
  HEADER_COPY_B_AT,
  HEADER_PAGE_BYTES,
  HEADER_TABLE,
  type HeaderFacts,
  type HeaderVerdict,
  lookUp,
} from '../../src/format/index.ts'
import { fits, type Pattern } from '../../src/format/recovery-table.ts'
import { combinations, FACTS } from '../format/recovery-facts.ts'
import { checker } from '../support/log-harness.ts'
import { edit, logOf, pathOf } from '../support/log-images.ts'
import { payload, range } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'

type Copy = HeaderFacts['copyA']

/** Combinations that no bytes have, and why. */
export const IMPOSSIBLE: readonly { readonly when: Pattern<HeaderFacts>; readonly why: string }[] = [
  {
    when: { copyA: 'good', copyB: 'good', place: 'behind it' },
    why: 'Two good copies say that the file was begun, so that it can not be behind the last one that was.',
  },
]

/** What makes a copy bad. */
const HARMS: readonly [string, (copy: Uint8Array) => void][] = [
  ['half written', (copy) => void copy.fill(0, 60)],
  ['noise', (copy) => copy.set(payload(HEADER_BYTES, 5))],
  ['with two wrong bits', (copy) => copy.set([copy[20]! ^ 8, copy[21]! ^ 8], 20)],
]

/** How a file comes to its place: in a log of four segments with LSN 1 to 14. */
const PLACES = {
  'up to the last begun': [
    { segment: 3, behind: 'bytes' },
    { segment: 3, behind: 'zeros' },
    { segment: 4, behind: 'bytes' },
  ],
  'behind it': [{ segment: 4, behind: 'zeros' }],
} as const

export interface HeaderCase {
  readonly title: string
  readonly facts: HeaderFacts
  readonly is: HeaderVerdict
  readonly segment: number
  /** What stands behind the header page. */
  readonly behind: 'zeros' | 'bytes'
  readonly disk: SimulatedDisk
}

type Situation = Pick<HeaderCase, 'segment' | 'behind'>

export function headerCase(
  facts: HeaderFacts,
  { segment, behind }: Situation = PLACES[facts.place][0],
  harm: (typeof HARMS)[number] = HARMS[0]!,
): HeaderCase {
  const disk = logOf(14)
  edit(disk, pathOf(segment), (bytes) => {
    const copies = { copyA: 0, copyB: HEADER_COPY_B_AT }
    for (const copy of ['copyA', 'copyB'] as const) {
      const part = bytes.subarray(copies[copy], copies[copy] + HEADER_BYTES)
      if (facts[copy] === 'zeros') part.fill(0)
      if (facts[copy] === 'bad') harm[1](part)
    }
    if (behind === 'zeros') bytes.fill(0, HEADER_PAGE_BYTES)
  })
  disk.calls.length = 0
  const { copyA, copyB, place } = facts
  const how = [copyA, copyB].includes('bad') ? `; ${harm[0]}` : ''
  const title = `${copyA}, ${copyB}, ${place}: segment ${segment}, ${behind} behind${how}`
  return { title, facts, is: lookUp(HEADER_TABLE, facts).is, segment, behind, disk }
}

/** Every case of these verdicts; built anew at each call. */
export function headerCases(...verdicts: readonly HeaderVerdict[]): HeaderCase[] {
  const possible = combinations<HeaderFacts>(FACTS.header).filter((facts) => !isImpossible(facts))
  const all = possible.flatMap((facts) => {
    const isBad = facts.copyA === 'bad' || facts.copyB === 'bad'
    const harms = HARMS.slice(0, isBad ? HARMS.length : 1)
    return PLACES[facts.place].flatMap((place) => harms.map((harm) => headerCase(facts, place, harm)))
  })
  return all.filter(({ is }) => verdicts.includes(is))
}

export function isImpossible(facts: HeaderFacts): boolean {
  return IMPOSSIBLE.some(({ when }) => fits(when, facts))
}

/** Read from the bytes, by the words of the format document. */
export function headerFactsOf(disk: SimulatedDisk, segment: number): HeaderFacts {
  const copies = (number: number): readonly [Copy, Copy] => {
    const bytes = disk.readFile(pathOf(number))
    return [copyState(bytes.slice(0, HEADER_BYTES)), copyState(bytes.slice(HEADER_COPY_B_AT).subarray(0, HEADER_BYTES))]
  }
  const hasBytes = (number: number): boolean => disk.readFile(pathOf(number)).subarray(HEADER_PAGE_BYTES).some(Boolean)
  const isBegun = (number: number): boolean => copies(number).every((copy) => copy === 'good') || hasBytes(number)
  const last = range(1, 4).findLast(isBegun)!
  const [copyA, copyB] = copies(segment)
  return { copyA, copyB, place: segment > last ? 'behind it' : 'up to the last begun' }
}

function copyState(copy: Uint8Array): Copy {
  if (!copy.some(Boolean)) return 'zeros'
  const check = new DataView(copy.buffer, copy.byteOffset).getBigUint64(120, true)
  return Buffer.from(copy.subarray(1, 5)).toString() === 'RWAL' && check === checker.xxh64(copy.subarray(0, 120))
    ? 'good'
    : 'bad'
}
