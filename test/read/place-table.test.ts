/** Every combination of PLACE_TABLE as bytes: what the survey of a segment, a reader and opening make of such a place. */
import { describe, expect, it } from 'vitest'
import { lookUp, PLACE_TABLE, type PlaceFacts, type PlaceVerdict } from '../../src/format/index.ts'
import { fits, type Pattern } from '../../src/format/recovery-table.ts'
import { surveyFile } from '../../src/read/survey-file.ts'
import { combinations, FACTS } from '../format/recovery-facts.ts'
import { LogHarness, recover } from '../support/log-harness.ts'
import { pathOf } from '../support/log-images.ts'
import { payload, readLsns, readPorts, thrownBy } from '../support/log-records.ts'
import { PAYLOAD_BYTES } from '../support/page-frames.ts'
import { segmentsOn, walkOver } from '../support/verify-disk.ts'
import { type PlaceImage, placeImages } from './place-images.ts'

/** Combinations that no bytes have, and why. */
const IMPOSSIBLE: readonly { readonly when: Pattern<PlaceFacts>; readonly why: string }[] = [
  {
    when: { segment: 'closed', found: '*', proof: '*', follows: '*', tail: 'torn before' },
    why: 'All of a closed segment was durable, so that it has no torn tail that another place could be behind.',
  },
  {
    when: { segment: 'open', found: '*', proof: 'durable', follows: '*', tail: 'torn before' },
    why: 'The lowest LSN that can be missing never falls, so that a mark that proves a place proves all those before it.',
  },
  {
    when: { segment: '*', found: 'unreadable', proof: 'none', follows: '*', tail: 'whole' },
    why: 'What can not be read might be the mark, so that nothing is unproven in a segment that holds such a place.',
  },
  {
    when: { segment: 'open', found: 'unreadable', proof: 'none', follows: '*', tail: 'torn before' },
    why: 'For the same reason nothing before or behind it is a torn tail.',
  },
  {
    when: { segment: '*', found: 'gap', proof: '*', follows: 'nothing', tail: 'whole' },
    why: 'Only the frame behind a gap tells that LSNs are missing.',
  },
  {
    when: { segment: 'open', found: 'gap', proof: 'none', follows: 'nothing', tail: 'torn before' },
    why: 'Only the frame behind a gap tells that LSNs are missing.',
  },
  {
    when: { segment: '*', found: 'end', proof: '*', follows: 'frames', tail: 'whole' },
    why: 'Where a frame follows, it is not the end.',
  },
  {
    when: { segment: 'open', found: 'end', proof: 'none', follows: 'frames', tail: 'torn before' },
    why: 'Where a frame follows, it is not the end.',
  },
  {
    when: { segment: 'open', found: 'end', proof: 'durable', follows: 'nothing', tail: 'whole' },
    why: 'Every mark stands before the end, and proves nothing that could stand behind it.',
  },
]

const CLASSES = {
  check: 'payload',
  length: 'length',
  cut: 'length',
  zeros: 'zeros',
  stray: 'stale',
  gap: 'gap',
  end: 'zeros',
  unreadable: 'unreadable',
} as const

const SEGMENT = '00000000000000000001.rwal'
const images = placeImages()

function verdictOn({ facts }: PlaceImage): PlaceVerdict {
  return lookUp(PLACE_TABLE, facts).is
}

function imagesThatAre(...verdicts: readonly PlaceVerdict[]): PlaceImage[] {
  return placeImages().filter((image) => verdicts.includes(verdictOn(image)))
}

function isWhole({ facts }: PlaceImage): boolean {
  return facts.tail === 'whole'
}

/** What is behind a torn tail is cut with it, be it the end. */
function imagesBehindTornTail(): PlaceImage[] {
  return imagesThatAre('cut', 'end').filter((image) => !isWhole(image))
}

describe('the combinations of PLACE_TABLE', () => {
  const all = combinations<PlaceFacts>(FACTS.place)
  const textOf = (facts: PlaceFacts): string => JSON.stringify(Object.entries(facts).sort())

  it('are all built as bytes, but for exactly those that no bytes have', () => {
    const built = new Set(images.map(({ facts }) => textOf(facts)))
    const listed = all.filter((facts) => IMPOSSIBLE.some(({ when }) => fits(when, facts))).map(textOf)
    const left = all.map(textOf).filter((text) => !built.has(text))
    expect(listed.toSorted()).toEqual(left.toSorted())
    expect([all.length, built.size, left.length]).toEqual([128, 63, 65])
  })

  it('are listed as impossible once, with a reason', () => {
    for (const facts of all) expect(IMPOSSIBLE.filter(({ when }) => fits(when, facts)).length).toBeLessThan(2)
    for (const { why } of IMPOSSIBLE) expect(why).toMatch(/^[A-Z].*[^.]\.$/)
  })

  it('that are built meet every row', () => {
    const unmet = PLACE_TABLE.filter(({ when }) => !images.some(({ facts }) => fits(when, facts)))
    expect(unmet).toEqual([])
  })
})

describe('the facts of an image', () => {
  it.each(images)('are those of its bytes: $title', ({ facts, offset, disk }) => {
    const segment = segmentsOn(disk)[0]!
    const { places, mark, sealed } = walkOver(disk, segment)
    expect(segment.isLast && !sealed ? 'open' : 'closed').toBe(facts.segment)
    const before = places.filter((place) => place.damage.offset < offset)
    expect(before.some(({ firstLost }) => firstLost > mark) && !disk.faults).toBe(facts.tail === 'torn before')
    const place = places.find(({ damage }) => damage.offset === offset)
    if (place === undefined) {
      expect(facts).toMatchObject({ found: 'end', proof: 'none', follows: 'nothing' })
      expect(
        disk
          .readFile(pathOf(1))
          .subarray(offset)
          .every((byte) => byte === 0),
      ).toBe(true)
      return
    }
    const { found, follows, firstLost } = place
    expect({ found, follows }).toEqual({ found: facts.found, follows: facts.follows })
    const isProven = firstLost <= Math.max(mark, segment.lastLsn ?? 0) || disk.faults !== undefined
    expect(isProven ? 'durable' : 'none').toBe(facts.proof)
  })
})

describe('a survey', () => {
  it.each(imagesThatAre('damage'))('tells of damage: $title', ({ facts, offset, disk }) => {
    const survey = surveyFile(readPorts(disk), segmentsOn(disk)[0]!)
    expect(survey.tornTail).toBeUndefined()
    const damage = survey.damage.filter((one) => one.offset === offset)
    const { mark } = survey
    const firstLost = walkOver(disk, segmentsOn(disk)[0]!).places.at(-1)!.firstLost
    const acknowledged = facts.segment === 'closed' || firstLost <= mark
    expect(damage).toMatchObject([{ class: CLASSES[facts.found], segment: SEGMENT, acknowledged }])
    expect(survey.damage.every((one) => one === damage[0] || one.class === 'unreadable')).toBe(true)
  })

  it.each(imagesThatAre('torn-tail'))('finds a torn tail: $title', ({ facts, offset, records, disk }) => {
    const segment = segmentsOn(disk)[0]!
    const survey = surveyFile(readPorts(disk), segment)
    expect(survey).toMatchObject({ damage: [], omitted: 0, end: offset, records: 2, nextLsn: 3, mark: 1 })
    const bytes = segment.size - offset
    const isBit = facts.found === 'check'
    expect(survey.tornTail).toMatchObject({ segment: SEGMENT, offset, bytes, records: records.length - 2, fromLsn: 3 })
    expect(survey.tornTail?.singleBit).toEqual(isBit ? { offset: offset + 1000, bit: 2 } : null)
  })

  it.each(imagesBehindTornTail())('cuts it with the torn tail before it: $title', ({ offset, records, torn, disk }) => {
    const segment = segmentsOn(disk)[0]!
    const { damage, tornTail, records: kept, nextLsn } = surveyFile(readPorts(disk), segment)
    expect({ damage, kept, nextLsn }).toEqual({ damage: [], kept: 1, nextLsn: torn })
    expect(tornTail).toMatchObject({ fromLsn: torn, records: records.length - 1 })
    expect(tornTail!.offset).toBeLessThan(offset)
    expect(tornTail!.offset + tornTail!.bytes).toBe(segment.size)
  })

  it.each(imagesThatAre('end').filter(isWhole))('finds the end there: $title', ({ offset, disk }) => {
    const survey = surveyFile(readPorts(disk), segmentsOn(disk)[0]!)
    expect(survey).toMatchObject({ damage: [], tornTail: undefined, end: offset, records: 2, nextLsn: 3 })
  })
})

describe('a reader', () => {
  it.each(placeImages())('that goes on gets all that counts: $title', ({ records, disk, offset, facts, torn }) => {
    const verdict = lookUp(PLACE_TABLE, facts).is
    const kept = verdict === 'torn-tail' ? 2 : torn === undefined ? records.length : torn - 1
    const told: number[] = []
    const lsns = readLsns(disk, { onDamage: (damage) => damage.segment === SEGMENT && told.push(damage.offset) })
    expect(lsns.slice(0, kept)).toEqual(records.slice(0, kept))
    expect(lsns.length).toBe(kept + (segmentsOn(disk).length === 1 ? 0 : 2))
    expect(told.includes(offset)).toBe(verdict === 'damage')
  })
})

describe('opening', () => {
  it.each(imagesThatAre('damage'))('refuses it, and says where: $title', ({ facts, closing, offset, disk }) => {
    const before = disk.readFile(pathOf(1))
    const refusal = thrownBy(() => recover(disk)) as { reasons: readonly object[] }
    expect(refusal).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', command: 'ringwal verify /wal' })
    const place = { class: CLASSES[facts.found], segment: SEGMENT, offset }
    expect(refusal.reasons).toContainEqual(expect.objectContaining(place))
    if (refusal.reasons.length === 1) expect(refusal).toMatchObject({ file: SEGMENT, offset, class: place.class })
    expect(refusal.reasons.length).toBe(closing === 'by a next segment without a header' ? 2 : unreadableIn(facts))
    expect(disk.readFile(pathOf(1))).toEqual(before)
    expect(disk.calls.some(({ operation }) => operation === 'write' || operation === 'rename')).toBe(false)
  })

  it.each(imagesThatAre('damage'))(
    'goes on over it under skip-damaged: $title',
    ({ closing, records, disk, facts }) => {
      if (closing === 'by a next segment without a header') {
        const refusal = thrownBy(() => recover(disk, { recover: 'skip-damaged' }))
        expect(refusal).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', class: 'segment-header' })
        return
      }
      const log = LogHarness.open(disk, { recover: 'skip-damaged' })
      expect(log.recovered.report.damage.map((one) => one.class)).toContain(CLASSES[facts.found])
      const lsn = log.appender.appendBytes(payload(20, 1))
      log.close()
      const behind = closing === 'by the next header' ? segmentsOn(disk)[1]!.header.firstLsn : undefined
      const rest = behind === undefined ? [] : [behind, behind + 1]
      expect(readLsns(disk, { onDamage: 'skip' })).toEqual([...records, ...rest, lsn])
      expect(lsn).toBeGreaterThan(Math.max(...records, ...rest))
    },
  )

  it.each([...imagesThatAre('torn-tail'), ...imagesBehindTornTail()])(
    'cuts the torn tail: $title',
    ({ offset, torn, disk }) => {
      const bytes = disk.readFile(pathOf(1))
      const log = LogHarness.open(disk)
      const end = torn === undefined ? offset : log.recovered.report.tornTail?.offset
      const { report, resume } = log.recovered
      expect(report).toMatchObject({ damage: [], tornTail: { offset: end }, lastLsn: (torn ?? 3) - 1 })
      expect(resume).toMatchObject({ nextLsn: torn ?? 3, previous: { endOffset: end } })
      log.appender.appendBytes(payload(PAYLOAD_BYTES, 3))
      log.close()
      expect(readLsns(disk)).toEqual(Array.from({ length: torn ?? 3 }, (_, i) => i + 1))
      expect(disk.readFile(pathOf(1))).toEqual(bytes)
    },
  )

  it.each(imagesThatAre('end').filter(isWhole))('goes on there: $title', ({ offset, disk, facts }) => {
    if (facts.segment === 'closed') {
      expect(thrownBy(() => recover(disk))).toMatchObject({ class: 'segment-header', reasons: { length: 1 } })
      return
    }
    const { report, resume } = recover(disk)
    expect(report).toMatchObject({ damage: [], tornTail: null, lastLsn: 2 })
    expect(resume).toMatchObject({ nextLsn: 3, previous: { lastLsn: 2, endOffset: offset } })
  })
})

/** Damaged places in an image: where nothing follows a place that is proven, another one that can not be read proves it. */
function unreadableIn({ segment, proof, follows, found }: PlaceFacts): number {
  return segment === 'open' && proof === 'durable' && follows === 'nothing' && found !== 'unreadable' ? 2 : 1
}
