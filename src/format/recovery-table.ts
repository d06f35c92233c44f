/*
 * What may be found on disk, and what is done about it: three tables, each of which has exactly one row for every
 * combination of its facts. The listing of a directory, the survey of a segment and recovery act by them and by nothing
 * else; format-spec/README.md, section 11, tells the same for people, and a test holds the two together.
 */

/** One value, several, or any ('*') of each fact. */
export type Pattern<Facts> = { readonly [Fact in keyof Facts]: Facts[Fact] | readonly Facts[Fact][] | '*' }

export interface Row<Facts, Verdict> {
  readonly when: Pattern<Facts>
  readonly is: Verdict
  readonly why: string
}

/** The row for some facts. A table has one for all that can be found, and never two: see test/format/recovery-table. */
export function lookUp<Facts extends object, Verdict>(
  table: readonly Row<Facts, Verdict>[],
  facts: Facts,
): Row<Facts, Verdict> {
  const row = table.find((row) => fits(row.when, facts))
  if (row === undefined) throw new TypeError(`no row for ${JSON.stringify(facts)}`)
  return row
}

export function fits<Facts extends object>(when: Pattern<Facts>, facts: Facts): boolean {
  return (Object.keys(facts) as (keyof Facts)[]).every((fact) => {
    const allowed = when[fact]
    const value = facts[fact]
    return allowed === '*' || allowed === value || (Array.isArray(allowed) && allowed.includes(value))
  })
}

/** Header page of a file with a segment's name. */
export interface HeaderFacts {
  /** Two good copies that are not the same are both bad. */
  readonly copyA: 'good' | 'zeros' | 'bad'
  readonly copyB: 'good' | 'zeros' | 'bad'
  /**
   * Against the last file, by name, that was certainly begun: both copies are good, or bytes stand behind the page, or a
   * later file has a good copy.
   */
  readonly place: 'up to the last begun' | 'behind it'
}

/**
 * `segment`: its header is known. `one-copy`: known, from the copy that is left. `begun`: the same, but nothing was written
 * behind it yet. `lost-header`: to be read by its frames, if they tell a salt. `unused`: made ahead. `unstarted`: begun,
 * and never durable.
 */
export type HeaderVerdict = 'segment' | 'one-copy' | 'begun' | 'lost-header' | 'unused' | 'unstarted'

export const HEADER_TABLE: readonly Row<HeaderFacts, HeaderVerdict>[] = [
  {
    when: { copyA: 'good', copyB: 'good', place: '*' },
    is: 'segment',
    why: 'Both copies verify and agree.',
  },
  {
    when: { copyA: 'good', copyB: ['zeros', 'bad'], place: 'up to the last begun' },
    is: 'one-copy',
    why: 'Copy A tells all; that copy B does not verify is damage without loss.',
  },
  {
    when: { copyA: ['zeros', 'bad'], copyB: 'good', place: 'up to the last begun' },
    is: 'one-copy',
    why: 'Copy B tells all; that copy A does not verify is damage without loss.',
  },
  {
    when: { copyA: 'good', copyB: ['zeros', 'bad'], place: 'behind it' },
    is: 'begun',
    why: 'The crash came while the header was written; the copy proves that the segment before it was durable.',
  },
  {
    when: { copyA: ['zeros', 'bad'], copyB: 'good', place: 'behind it' },
    is: 'begun',
    why: 'The crash came while the header was written; the copy proves that the segment before it was durable.',
  },
  {
    when: { copyA: ['zeros', 'bad'], copyB: ['zeros', 'bad'], place: 'up to the last begun' },
    is: 'lost-header',
    why: 'It, or a later one, was begun, and a header is durable before anything is written behind it: it rotted.',
  },
  {
    when: { copyA: 'zeros', copyB: 'zeros', place: 'behind it' },
    is: 'unused',
    why: 'A file made ahead: nothing was ever written to it.',
  },
  {
    when: { copyA: 'bad', copyB: ['zeros', 'bad'], place: 'behind it' },
    is: 'unstarted',
    why: 'The crash came while the header was written: no frame was, and nothing was acknowledged.',
  },
  {
    when: { copyA: 'zeros', copyB: 'bad', place: 'behind it' },
    is: 'unstarted',
    why: 'The crash came while the header was written: no frame was, and nothing was acknowledged.',
  },
]

/** A segment whose header is known, held against its name and its neighbour. */
export interface ChainFacts {
  /** Against the log id that most segments of the directory have. */
  readonly logId: 'same' | 'other'
  /** The header's number against the name's. */
  readonly name: 'agrees' | 'differs'
  /** What the next segment of the same log says of this one. */
  readonly successor:
    | 'none'
    | 'fits'
    | 'lost its header'
    | 'not the next number'
    | 'other LSNs'
    | 'ends behind this file'
}

/**
 * `last`: its own frames tell where it ends. `closed`: its successor tells. The others are classes of damage; but for
 * `foreign` and `duplicate-segment`, which are left out, the segment is read all the same.
 */
export type ChainVerdict =
  | 'last'
  | 'closed'
  | 'unlinked'
  | 'missing-segment'
  | 'gap'
  | 'truncated'
  | 'foreign'
  | 'duplicate-segment'

export const CHAIN_TABLE: readonly Row<ChainFacts, ChainVerdict>[] = [
  {
    when: { logId: 'other', name: '*', successor: '*' },
    is: 'foreign',
    why: 'It belongs to another log; to which of the two its records belong is not for a program to guess.',
  },
  {
    when: { logId: 'same', name: 'differs', successor: '*' },
    is: 'duplicate-segment',
    why: 'It is a copy of another segment, or was renamed; its number in the header is the one that was written.',
  },
  {
    when: { logId: 'same', name: 'agrees', successor: 'none' },
    is: 'last',
    why: 'Nothing was begun behind it, so its marks and its end frame tell what was durable.',
  },
  {
    when: { logId: 'same', name: 'agrees', successor: 'fits' },
    is: 'closed',
    why: 'The successor was begun only after all of this segment, up to the end that it states, was durable.',
  },
  {
    when: { logId: 'same', name: 'agrees', successor: 'lost its header' },
    is: 'unlinked',
    why: 'What was begun behind it can not tell where this one ends; its own frames do, and all of them were durable.',
  },
  {
    when: { logId: 'same', name: 'agrees', successor: 'not the next number' },
    is: 'missing-segment',
    why: 'Segments are removed from the front only, so those in between were lost, and all of this one was durable.',
  },
  {
    when: { logId: 'same', name: 'agrees', successor: 'other LSNs' },
    is: 'gap',
    why: 'The two do not meet: one of them is of another history, and both are read as far as their LSNs rise.',
  },
  {
    when: { logId: 'same', name: 'agrees', successor: 'ends behind this file' },
    is: 'truncated',
    why: 'The successor tells of bytes that are not there any more; they were durable.',
  },
]

/** A place in a segment where no frame verifies and fits. */
export interface PlaceFacts {
  /** `open`: the last segment, without an end frame. `closed`: it has one, or a later segment was begun. */
  readonly segment: 'open' | 'closed'
  /**
   * What stands there: a frame whose check fails, whose length can not be, that is cut off by the end; zeros with something
   * behind them; a frame of another place; nothing but a jump of LSNs; nothing but zeros any more, or no bytes at all;
   * bytes that can not be read.
   */
  readonly found: 'check' | 'length' | 'cut' | 'zeros' | 'stray' | 'gap' | 'end' | 'unreadable'
  /** Whether the lowest LSN that can be missing there is proven durable by a mark anywhere in the segment. */
  readonly proof: 'durable' | 'none'
  /** Whether a frame that verifies follows, or nothing up to the end. */
  readonly follows: 'frames' | 'nothing'
  /** Whether the log has been found to end before this place. */
  readonly tail: 'whole' | 'torn before'
}

export type PlaceVerdict = 'damage' | 'torn-tail' | 'cut' | 'end'

export const PLACE_TABLE: readonly Row<PlaceFacts, PlaceVerdict>[] = [
  {
    when: { segment: '*', found: 'unreadable', proof: '*', follows: '*', tail: '*' },
    is: 'damage',
    why: 'What can not be read may have been acknowledged: it is never taken for a torn tail.',
  },
  {
    when: { segment: '*', found: 'end', proof: 'none', follows: '*', tail: '*' },
    is: 'end',
    why: 'Files are filled with zeros ahead: where nothing else comes and no record is proven missing, the segment ends.',
  },
  {
    when: { segment: '*', found: 'end', proof: 'durable', follows: '*', tail: '*' },
    is: 'damage',
    why: 'Records that were durable stood where there are zeros now, or nothing.',
  },
  {
    when: {
      segment: 'closed',
      found: ['check', 'length', 'cut', 'zeros', 'stray', 'gap'],
      proof: '*',
      follows: '*',
      tail: '*',
    },
    is: 'damage',
    why: 'All of a closed segment was durable.',
  },
  {
    when: {
      segment: 'open',
      found: ['check', 'length', 'cut', 'zeros', 'stray', 'gap'],
      proof: 'durable',
      follows: '*',
      tail: '*',
    },
    is: 'damage',
    why: 'A mark tells that what is missing here was durable, and so acknowledged.',
  },
  {
    when: {
      segment: 'open',
      found: ['check', 'length', 'cut', 'zeros', 'stray', 'gap'],
      proof: 'none',
      follows: '*',
      tail: 'whole',
    },
    is: 'torn-tail',
    why: 'Sectors that were not synced survive in any order; the log ends before the first that did not.',
  },
  {
    when: {
      segment: 'open',
      found: ['check', 'length', 'cut', 'zeros', 'stray', 'gap'],
      proof: 'none',
      follows: '*',
      tail: 'torn before',
    },
    is: 'cut',
    why: 'It is behind the end of the log, and goes with the rest.',
  },
]
