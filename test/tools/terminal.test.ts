import { describe, expect, it } from 'vitest'
import { colorsFor } from '../../tools/support/colors.ts'
import { printable } from '../../tools/support/printable.ts'
import { clearProgress, Progress } from '../../tools/support/progress.ts'

const CLEAR = '\r\u001b[K'

function fakeTerminal(isTTY: boolean): { isTTY: boolean; written: string[]; write(text: string): void } {
  const written: string[] = []
  return { isTTY, written, write: (text) => written.push(text) }
}

describe('color', () => {
  it('is for terminals that have it, and for nobody with NO_COLOR', () => {
    expect(colorsFor({ isTTY: true }, {}).bad('x')).toBe('\u001b[31mx\u001b[39m')
    expect(colorsFor({ isTTY: true }, { NO_COLOR: '' }).good('x')).toBe('\u001b[32mx\u001b[39m')
    for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      expect(colorsFor({ isTTY: true }, environment).bad('x')).toBe('x')
    }
    expect(colorsFor({ isTTY: false }, {}).bad('x')).toBe('x')
  })
})

describe('progress', () => {
  it('shows after half a second, at most ten times a second, and goes away', () => {
    const terminal = fakeTerminal(true)
    let now = 0
    const progress = new Progress(terminal, () => now)
    for (now = 0; now <= 720; now += 10) progress.update(() => `at ${now}`)
    expect(terminal.written).toEqual([`${CLEAR}at 500`, `${CLEAR}at 600`, `${CLEAR}at 700`])
    clearProgress()
    progress.clear()
    expect(terminal.written.slice(3)).toEqual([CLEAR])
  })

  it('is silent where there is no terminal, and where the work was short', () => {
    const file = fakeTerminal(false)
    const quick = fakeTerminal(true)
    let now = 0
    for (const stream of [file, quick]) {
      now = 0
      const progress = new Progress(stream, () => now)
      now = stream === file ? 5000 : 400
      progress.update(() => 'x')
      progress.clear()
    }
    expect([file.written, quick.written]).toEqual([[], []])
  })
})

describe('text from outside', () => {
  it('is put on one line, without anything that controls a terminal', () => {
    expect(printable('a\nb\u001b[2J\u0085\u202ec é 日')).toBe('a\\u000ab\\u001b[2J\\u0085\\u202ec é 日')
  })
})
