/** What the campaigns of real processes and real disks share: their options, and what they print on the way. */
import { randomInt } from 'node:crypto'

const LINE_EVERY = 50

/** Options of every campaign, for `parseArgs`. */
export const CAMPAIGN_OPTIONS: {
  readonly budget: { readonly type: 'string'; readonly default: string }
  readonly seed: { readonly type: 'string'; readonly default: string }
  readonly json: { readonly type: 'boolean'; readonly default: boolean }
} = {
  budget: { type: 'string', default: '86400' },
  seed: { type: 'string', default: String(randomInt(2 ** 20)) },
  json: { type: 'boolean', default: false },
}

/** Ends the process with how it is used: 2, as after every wrong command line. */
export function refuse(usage: string): never {
  console.error(usage)
  process.exit(2)
}

/** Whole numbers out of option texts; anything else ends the process with how it is used. */
export function wholeNumbers<Name extends string>(
  usage: string,
  texts: Readonly<Record<Name, string>>,
): Record<Name, number> {
  const numbers = Object.entries<string>(texts).map(([name, text]) => [name, Number(text)] as const)
  if (!numbers.every(([, value]) => Number.isSafeInteger(value) && value >= 0)) refuse(usage)
  return Object.fromEntries(numbers) as Record<Name, number>
}

export interface CampaignTotals {
  readonly violations: readonly string[]
}

/**
 * Tells on stderr how a campaign goes, so that what it found is not lost with it: every 50th case, and at a signal,
 * which ends it by an exit, so that nothing stays mounted or running.
 */
export class CampaignVoice<Totals extends CampaignTotals> {
  private last: Totals | undefined
  private told = 0
  private readonly seed: number
  private readonly describe: (totals: Totals) => string

  constructor(seed: number, describe: (totals: Totals) => string) {
    this.seed = seed
    this.describe = describe
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        this.say(`ended by ${signal}`)
        process.exit(130)
      })
    }
    process.once('uncaughtExceptionMonitor', () => this.say('ended by an error'))
  }

  /** After each case: `count` is how many there were. */
  progress(count: number, totals: Totals): void {
    this.last = totals
    if (count - this.told < LINE_EVERY) return
    this.told = count
    this.say('…')
  }

  /** The result on stdout; its exit code is 1 if a promise was broken. */
  end(totals: Totals, isJson: boolean): void {
    if (totals.violations.length > 0) process.exitCode = 1
    if (isJson) console.log(JSON.stringify({ seed: this.seed, ...totals }))
    else console.log([`${this.describe(totals)} (seed ${this.seed})`, ...totals.violations].join('\n'))
  }

  private say(how: string): void {
    if (this.last !== undefined) console.error(`${this.describe(this.last)} (seed ${this.seed}) ${how}`)
  }
}
