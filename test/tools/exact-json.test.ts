/** JSON with integers past what a double holds is read and written without loss. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inexactNumber } from '../../tools/input/inexact-number.ts'
import { parseExactJson } from '../../tools/service/exact-json.ts'
import { jsonText } from '../../tools/service/json-text.ts'

const PAST = 2n ** 53n
const bigint = fc.bigInt(-(10n ** 30n), 10n ** 30n).filter((value) => BigInt(Number(value)) !== value)

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    ...[
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.constant(null),
    ],
    bigint,
    fc.array(tie('tree')),
    fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('tree')),
  ),
}))

describe('JSON', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(tree, fc.nat(3), (value, blanks) => {
        const text = jsonText(value)
        expect(jsonText(parseExactJson(' \n\t\r'.slice(blanks) + text, 100))).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('is what JSON.parse makes of it where nothing is lost', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(inexactNumber(text) === undefined)
        const wanted = JSON.parse(text) as unknown
        expect(parseExactJson(text, 100)).toEqual(wanted)
        const [first, value] = parseExactJson(`[ ${PAST + 1n} , ${text} ]`, 101) as unknown[]
        expect({ first, value }).toEqual({ first: PAST + 1n, value: wanted })
      }),
    )
  })

  it('keeps the order of the members of a map, whatever their names', () => {
    expect(
      jsonText(
        new Map([
          ['b', 1n],
          ['2', PAST],
          ['1', -0],
        ] as [string, unknown][]),
      ),
    ).toBe('{"b":1,"2":9007199254740992,"1":-0.0}')
  })

  it.each(['[1,]', '9007199254740993 x', '{"a":1e999}', `${'[['.repeat(51)}${']]'.repeat(51)}`])(
    'is not %j',
    (text) => {
      expect(() => parseExactJson(text.replace('1e999', '[9007199254740993,1e999]'), 100)).toThrow(SyntaxError)
    },
  )
})
