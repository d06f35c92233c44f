/** Every value of every fact of the recovery tables; the compiler holds the lists against the types. */
import type { ChainFacts, HeaderFacts, PlaceFacts } from '../../src/format/index.ts'
import type { Row } from '../../src/format/recovery-table.ts'

type Values<Facts> = { readonly [Fact in keyof Facts]: readonly Facts[Fact][] }

export const FACTS: {
  readonly header: Values<HeaderFacts>
  readonly chain: Values<ChainFacts>
  readonly place: Values<PlaceFacts>
} = {
  header: {
    copyA: ['good', 'zeros', 'bad'],
    copyB: ['good', 'zeros', 'bad'],
    place: ['up to the last begun', 'behind it'],
  },
  chain: {
    logId: ['same', 'other'],
    name: ['agrees', 'differs'],
    successor: ['none', 'fits', 'lost its header', 'not the next number', 'other LSNs', 'ends behind this file'],
  },
  place: {
    segment: ['open', 'closed'],
    found: ['check', 'length', 'cut', 'zeros', 'stray', 'gap', 'end', 'unreadable'],
    proof: ['durable', 'none'],
    follows: ['frames', 'nothing'],
    tail: ['whole', 'torn before'],
  },
}

/** One object for each combination of the values. */
export function combinations<Facts extends object>(values: Values<Facts>): Facts[] {
  const names = Object.keys(values) as (keyof Facts)[]
  return names.reduce<Facts[]>(
    (all, name) => all.flatMap((one) => values[name].map((value) => ({ ...one, [name]: value }))),
    [{} as Facts],
  )
}

/** The table as the format document shows it. */
export function markdownTable(table: readonly Row<object, string>[], facts: readonly string[]): string {
  const cell = (pattern: unknown): string =>
    pattern === '*' ? 'any' : Array.isArray(pattern) ? pattern.join(', ') : String(pattern)
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line([...facts, 'is', 'because']),
    line(Array.from({ length: facts.length + 2 }, () => '---')),
    ...table.map(({ when, is, why }) =>
      line([...facts.map((fact) => cell((when as Record<string, unknown>)[fact])), `**${is}**`, why]),
    ),
  ].join('\n')
}
