import { describe, expect, it } from 'vitest'
import { describeWarning, orderJsonlJson } from '../../src/foreign/order-jsonl/index.ts'
import { lineOf, replayOf } from './order-jsonl-support.ts'

const WHOLE = lineOf({ status: 2, filled_volume: 12, avg_fill_price: '4500' })
const NEXT = lineOf({ client_order_id: 'p', ts_ns: 2n })

/** The code of each warning, with a `!` if it is of damage, and whether the result is clean. */
async function warned(content: string): Promise<string[]> {
  const { warnings, isClean } = await replayOf(Buffer.from(content, 'latin1'))
  return [...warnings.map(({ code, line, isDamage }) => `${code}${isDamage ? '!' : ''} ${line}`), `${isClean}`]
}

describe('what the original did by accident is told', () => {
  it.each([
    ['nothing of an ordinary log', WHOLE + NEXT, ['true']],
    ['nor of carriage returns and blank lines', `\n${WHOLE.replace('\n', '\r\n')} \n${NEXT}`, ['true']],
    ['nor of an escape that the writer makes', lineOf({ reason: 'a"\\\n\r\tb/' }), ['true']],
    ['nor of a byte order mark', `\xef\xbb\xbf${WHOLE}`, ['true']],
    ['but of one inside the file', `${NEXT}\xef\xbb\xbf${WHOLE}`, ['broken! 2', 'false']],
    ['a last line that lacks its brace', NEXT + WHOLE.slice(0, -2), ['torn! 2', 'false']],
    ['a last line torn in a text', NEXT + WHOLE.slice(0, -5), ['torn! 2', 'false']],
    ['a last line torn in a number', NEXT + WHOLE.slice(0, WHOLE.indexOf('00,"reason')), ['torn! 2', 'false']],
    ['a last line torn before anything can be read', `${NEXT}{"se`, ['torn! 2', 'false']],
    ['a last line of another kind, torn', `${NEXT}{"seq":2,"kind":"rollover","ts`, ['torn! 2', 'false']],
    ['a last line without its line feed only', NEXT + WHOLE.trimEnd(), ['no-newline 2', 'true']],
    ['two records in one line', WHOLE.slice(0, 200) + NEXT, ['broken! 1', 'false']],
    ['a record behind another in one line', WHOLE.trimEnd() + NEXT, ['broken! 1', 'false']],
    ['a line without its brace', `${WHOLE.slice(0, -2)}\n${NEXT}`, ['broken! 1', 'false']],
    ['a field twice', WHOLE.replace('"reason"', '"status":5,"reason"'), ['duplicate 1', 'true']],
    ['a field in an inner object', WHOLE.replace('{', '{"x":{"ts_ns":5},'), ['misplaced 1', 'true']],
    ['a key that an escape begins', WHOLE.replace('{', '{"a\\"reason":"short",'), ['misplaced 1', 'true']],
    ['a key that a backslash leaves open', WHOLE.replace('{', '{"a\\":1,'), ['broken! 1', 'false']],
    ['a space before a colon', WHOLE.replace('"reason":', '"reason" :'), ['unseen 1', 'true']],
    ['a volume beyond 32 bits', lineOf({ filled_volume: 2 ** 32 + 1 }), ['misread 1', 'true']],
    ['a total beyond 32 bits', lineOf({ total_volume: 2 ** 32 + 1 }), ['misread 1', 'true']],
    ['a status beyond 32 bits', lineOf({ status: 2 ** 32 + 1 }), ['misread 1', 'true']],
    ['a total that is no number', WHOLE.replace(':10,', ':ten,'), ['misread 1', 'true']],
    ['a price that is no number', WHOLE.replace('4500', 'abc'), ['misread 1', 'true']],
    ['a price too small for a double', WHOLE.replace('4500', '1e-320'), ['misread 1', 'true']],
    ['nor of a price of many zeros', WHOLE.replace('4500', '0.000e-999'), ['true']],
    ['a price that is not finite', WHOLE.replace('4500', 'inf'), ['misread 1', 'true']],
    ['an escape that is another one in JSON', WHOLE.replace('"t"', '"\\u0041"'), ['misread 1', 'true']],
  ])('%s', async (_, content, wanted) => expect(await warned(content)).toStrictEqual(wanted))

  it('with the number at which a line breaks off', async () => {
    const torn = lineOf({ client_order_id: 'q', status: 2, filled_volume: 1, avg_fill_price: '4500' })
    const { warnings, positions } = await replayOf(NEXT + torn.slice(0, torn.indexOf('00,"reason')))
    expect(warnings.map(describeWarning)).toStrictEqual([
      `torn: line 2 at offset ${NEXT.length} has no end, and was believed all the same: avg_fill_price 45 may lack digits`,
    ])
    expect(positions).toMatchObject([{ avg_price: 45 }])
  })

  it('and makes the result unclean under strict', async () => {
    expect((await replayOf(WHOLE.trimEnd())).isClean).toBe(true)
    expect((await replayOf(WHOLE.trimEnd(), { strict: true })).isClean).toBe(false)
    expect((await replayOf(WHOLE, { strict: true })).isClean).toBe(true)
  })

  it('up to a limit, and counted beyond it', async () => {
    const content = WHOLE.replace('"t"', '"\\u0041"').repeat(5) + 'bad\n'.repeat(7)
    const result = await replayOf(content, { maxReports: 2 })
    expect(result).toMatchObject({ warningsTotal: 5, parse_errors: 7 })
    expect([result.warnings.length, result.problems.length]).toStrictEqual([2, 2])
    expect(JSON.parse(orderJsonlJson(result)).warnings).toMatchObject(
      [/^misread/, /^misread/, '… and 3 more'].map(anyText),
    )
  })

  function anyText(wanted: RegExp | string): unknown {
    return typeof wanted === 'string' ? wanted : expect.stringMatching(wanted)
  }
})
