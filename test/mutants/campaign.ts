import type { Mutant } from './mutant.ts'
import type { FileTime, RunTests } from './test-run.ts'

export interface Trial {
  readonly mutant: Mutant
  /** `untried`: the time was up. */
  readonly verdict: 'killed' | 'survived' | 'untried'
  /** The test that noticed it, or `time-out`. */
  readonly by: string | undefined
  readonly seconds: number
}

/** Where the mutants are put in. */
export interface Host {
  /** @throws UnfitMutant if there is no place for it */
  edited(mutant: Mutant): string
  apply(mutant: Mutant): Promise<void>
  restore(): void
}

export interface CampaignSettings {
  readonly mutants: readonly Mutant[]
  readonly host: Host
  readonly run: RunTests
  /** Milliseconds by `performance.now()` after which no further mutant is tried. */
  readonly deadline: number
  readonly onTrial: (trial: Trial) => void
}

/** The tests fail without any mutant: nothing can be told by them. */
export class FailingTests extends Error {}

/** Without a fault tests have all the time they want, within reason. */
const UNMUTATED_MS_MAX = 1_800_000
/** With one they may take so many times as long, and so much longer, before they count as hanging. */
const SLOWER_MAX = 3
const SLOWER_BY_MS = 20_000

/**
 * Tries one mutant after the other: the tests run without any, and must pass; then with each.
 * @throws FailingTests; UnfitMutant
 */
export async function runCampaign({ mutants, host, run, deadline, onTrial }: CampaignSettings): Promise<Trial[]> {
  for (const mutant of mutants) host.edited(mutant)
  const tests = [...new Set(mutants.flatMap(({ tests }) => tests))].sort()
  const unmutated = await run(tests, UNMUTATED_MS_MAX)
  if (unmutated.kind === 'timed-out') throw new FailingTests('without any mutant the tests do not end')
  if (unmutated.kind === 'failed') throw new FailingTests(`without any mutant a test fails: ${unmutated.by}`)
  const trials: Trial[] = []
  for (const mutant of mutants) {
    const isLate = performance.now() >= deadline
    const trial = isLate ? untried(mutant) : await tryOne(mutant, host, run, limitOf(mutant, unmutated.files))
    trials.push(trial)
    onTrial(trial)
  }
  return trials
}

async function tryOne(mutant: Mutant, host: Host, run: RunTests, limitMs: number): Promise<Trial> {
  await host.apply(mutant)
  try {
    const started = performance.now()
    const outcome = await run(mutant.tests, limitMs)
    const seconds = (performance.now() - started) / 1000
    if (outcome.kind === 'passed') return { mutant, verdict: 'survived', by: undefined, seconds }
    return { mutant, verdict: 'killed', by: outcome.kind === 'failed' ? outcome.by : 'time-out', seconds }
  } finally {
    host.restore()
  }
}

function limitOf({ tests }: Mutant, files: readonly FileTime[]): number {
  const usual = files.filter(({ name }) => tests.includes(name)).reduce((sum, { ms }) => sum + ms, 0)
  return SLOWER_MAX * usual + SLOWER_BY_MS
}

function untried(mutant: Mutant): Trial {
  return { mutant, verdict: 'untried', by: undefined, seconds: 0 }
}
