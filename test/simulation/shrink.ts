/** Makes a failing life shorter: delta debugging over its decisions, their numbers, its settings and what the crash kept. */
import type { SectorAnswer } from '../support/simulated-disk-crash.ts'
import type { Sampling } from './crash-watch.ts'
import type { Decision, LifeScript, LifeSettings } from './decision.ts'
import type { LifeFailure } from './life.ts'
import { caseOf, failureOf, type LifeCase } from './life-case.ts'

export interface ShrinkSettings {
  readonly sampling: Sampling
  /** Milliseconds, monotonic, after which nothing more is tried. */
  readonly deadline: number
  readonly onProgress?: (decisions: number) => void
}

/** @returns the smallest case found that fails with the same words; at least the one that was given */
export async function shrink(failure: LifeFailure, settings: ShrinkSettings): Promise<LifeCase> {
  return new Shrinker(failure, settings).run()
}

class Shrinker {
  private best: LifeFailure
  private readonly settings: ShrinkSettings
  private readonly words: string

  constructor(failure: LifeFailure, settings: ShrinkSettings) {
    this.best = failure
    this.settings = settings
    this.words = wordsOf(failure)
  }

  async run(): Promise<LifeCase> {
    for (let before = ''; before !== this.text && !this.isLate; ) {
      before = this.text
      await this.dropDecisions()
      await this.simplifyDecisions()
      await this.simplifySettings()
    }
    return this.simplifyCrash()
  }

  private get text(): string {
    return JSON.stringify(this.best.script)
  }

  private get isLate(): boolean {
    return performance.now() > this.settings.deadline
  }

  /** Keeps a script if it fails in the same way. @returns whether it does */
  private async try(script: LifeScript): Promise<boolean> {
    if (this.isLate) return false
    const failure = await failureOf(script, this.settings.sampling)
    if (failure === undefined || wordsOf(failure) !== this.words) return false
    this.best = failure
    this.settings.onProgress?.(script.decisions.length)
    return true
  }

  private tryDecisions(decisions: readonly Decision[]): Promise<boolean> {
    return this.try({ ...this.best.script, decisions })
  }

  /** Zeller's: pieces of half the list, then of a quarter, down to single ones. The end goes first, at once. */
  private async dropDecisions(): Promise<void> {
    const failed = /decision (\d+)/.exec(this.best.message)?.[1]
    if (failed !== undefined) await this.tryDecisions(this.best.script.decisions.slice(0, Number(failed) + 1))
    for (let size = this.best.script.decisions.length >> 1; size >= 1; size >>= 1) {
      for (let at = this.best.script.decisions.length - size; at >= 0 && !this.isLate; at -= size) {
        const { decisions } = this.best.script
        await this.tryDecisions([...decisions.slice(0, at), ...decisions.slice(at + size)])
      }
    }
  }

  private async simplifyDecisions(): Promise<void> {
    for (let at = 0; at < this.best.script.decisions.length && !this.isLate; at++) {
      for (const simpler of simplerThan(this.best.script.decisions[at]!)) {
        if (await this.tryDecisions(this.best.script.decisions.with(at, simpler))) break
      }
    }
  }

  private async simplifySettings(): Promise<void> {
    const plain: LifeSettings = {
      policy: 'always',
      segmentBytes: 8192,
      ringBytes: 4096,
      spareSegments: 0,
      splitRenames: false,
    }
    for (const name of Object.keys(plain) as (keyof LifeSettings)[]) {
      const { settings } = this.best.script
      if (settings[name] !== plain[name])
        await this.try({ ...this.best.script, settings: { ...settings, [name]: plain[name] } })
    }
  }

  /** As few pieces lost as possible; of what must be torn, nothing else. */
  private async simplifyCrash(): Promise<LifeCase> {
    let best = caseOf(this.best)
    if (best.at === undefined) return best
    const { call, seed } = best.at
    const attempt = async (answers: readonly SectorAnswer[]): Promise<boolean> => {
      const failure = await failureOf(best.script, NOTHING_MORE, { call, answers, seed })
      if (failure === undefined || wordsOf(failure) !== this.words) return false
      best = caseOf(failure)
      return true
    }
    for (let i = 0; i < best.at!.answers.length && !this.isLate; i++) {
      const { answers } = best.at!
      // Clamped to how many versions there are.
      if (answers[i] !== 0 && (await attempt(answers.with(i, 0)))) continue
      if (typeof answers[i] !== 'number') await attempt(answers.with(i, Number.MAX_SAFE_INTEGER))
    }
    return best
  }
}

const NOTHING_MORE: Sampling = { whole: 0, torn: 0 }

/** What a failure says, but for its numbers and where it happened. */
function wordsOf({ cause }: LifeFailure): string {
  let last = cause
  while (last instanceof Error && last.cause instanceof Error) last = last.cause
  return String(last instanceof Error ? last.message : last)
    .replace(/\d+/g, '#')
    .slice(0, 60)
}

/** The same with less: nothing inside, one of the things inside less, smaller numbers. */
function* simplerThan(decision: Decision): Generator<Decision> {
  const { inside = [], n } = decision
  const { inside: _, ...bare } = decision
  if (inside.length > 0) yield bare
  if (inside.length > 1) for (let i = 0; i < inside.length; i++) yield { ...decision, inside: inside.toSpliced(i, 1) }
  for (const [i, value] of n.entries()) {
    if (value > 1) yield { ...decision, n: n.with(i, 1) }
    if (value > 3) yield { ...decision, n: n.with(i, value >> 1) }
    if (value > 0) yield { ...decision, n: n.with(i, 0) }
  }
}
