import { describe, expect, it } from 'vitest'
import { Progress } from '../../bench/progress.ts'
import type { Section, Step } from '../../bench/sections/section.ts'
import { runSections } from '../../bench/suite.ts'

/** Steps that take as many milliseconds as they say on a clock of their own. */
function world(isTTY: boolean): { progress: Progress; lines: string[]; step: (what: string, ms: number) => Step } {
  let now = 0
  const lines: string[] = []
  const stream = { isTTY, columns: 80, write: (text: string) => lines.push(text) } as unknown as NodeJS.WriteStream
  const pass = async (ms: number): Promise<void> => {
    now += ms
  }
  const step = (what: string, ms: number): Step => ({ what, seconds: 1, run: () => pass(ms) })
  return { progress: new Progress(stream, () => now), lines, step }
}

describe('a run of sections', () => {
  it('does each step once a run, in turn with those of the others, and what prepares them once', async () => {
    const { progress, step } = world(false)
    const done: string[] = []
    const noted = (what: string): Step => ({ ...step(what, 1), run: async () => void done.push(what) })
    const section = (prepare: Step[], steps: Step[]): Section => ({ prepare, steps, figures: () => ({}) })
    const sections = [section([], [noted('a'), noted('b')]), section([noted('log')], [noted('c')])]
    await runSections(sections, 2, progress)
    expect(done).toEqual(['log', 'a', 'b', 'c', 'a', 'b', 'c'])
  })

  it('tells the time left by what the same steps took before, and corrects the guesses about the others', async () => {
    const { progress, lines, step } = world(true)
    const [fast, slow] = [step('fast', 2000), step('slow', 60_000)]
    await runSections([{ steps: [fast, slow], figures: () => ({}) }], 3, progress)
    const shown = lines.filter((line) => line.includes('left')).map((line) => line.replace('\r\x1b[K', ''))
    expect(shown).toEqual([
      '1/6  about 0:06 left  run 1 of 3: fast',
      '2/6  about 0:10 left  run 1 of 3: slow',
      '3/6  about 2:04 left  run 2 of 3: fast',
      '4/6  about 2:02 left  run 2 of 3: slow',
      '5/6  about 1:02 left  run 3 of 3: fast',
      '6/6  about 1:00 left  run 3 of 3: slow',
    ])
    expect(lines.at(-1)).toBe('\r\x1b[K')
  })

  it('says nothing where nobody looks', async () => {
    const { progress, lines, step } = world(false)
    await runSections([{ steps: [step('fast', 2)], figures: () => ({}) }], 1, progress)
    expect(lines).toEqual([])
  })
})
