import type { Progress } from './progress.ts'
import type { Section, Step } from './sections/section.ts'

/** Every measurement, run after run: a change of the weather strikes all of them. */
export async function runSections(sections: readonly Section[], runs: number, progress: Progress): Promise<void> {
  const prepare = sections.flatMap((section) => section.prepare ?? [])
  const steps = sections.flatMap((section) => section.steps)
  progress.expect([...prepare, ...Array.from({ length: runs }, () => steps).flat()])
  const doAll = async (all: readonly Step[], when: string): Promise<void> => {
    for (const step of all) {
      progress.begin(step, when)
      await step.run()
      progress.end(step)
    }
  }
  await doAll(prepare, 'first')
  for (let run = 1; run <= runs; run++) await doAll(steps, `run ${run} of ${runs}`)
}
