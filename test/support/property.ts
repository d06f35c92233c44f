import fc from 'fast-check'

/** A statement that holds for every input, to be tried with inputs of a seed. */
export interface Property {
  /** As a sentence; names it in a campaign. */
  readonly name: string
  /** Inputs in `npm test`. */
  readonly runs: number
  /** @returns how many inputs were tried @throws if it does not hold, with the smallest input found and how to try it again */
  readonly check: (trial: PropertyTrial) => Promise<number>
}

export interface PropertyTrial {
  /** By the clock, if not given. */
  readonly seed?: number | undefined
  /** Which of the seed's inputs, as a failure tells it; else all. */
  readonly path?: string | undefined
  readonly runs: number
  /** Time after which no further input is tried. */
  readonly ms?: number
}

/** @param statement throws, or rejects, where it does not hold */
export function holds<Input>(
  name: string,
  runs: number,
  input: fc.Arbitrary<Input>,
  statement: (input: Input) => void | Promise<void>,
): Property {
  const property = fc.asyncProperty(input, async (one) => {
    await statement(one)
  })
  const check = async ({ seed, path, runs, ms }: PropertyTrial): Promise<number> => {
    const details = await fc.check(property, {
      numRuns: runs,
      ...(seed === undefined ? {} : { seed }),
      ...(path === undefined ? {} : { path }),
      ...(ms === undefined ? {} : { interruptAfterTimeLimit: ms }),
    })
    if (!details.failed) return details.numRuns
    const which = `--only '${name}' --seed=${details.seed} --path '${details.counterexamplePath}'`
    const { errorInstance: cause } = details
    const why = cause instanceof Error ? cause.message : String(cause)
    const text = `${why}\n${fc.defaultReportMessage(details)}\nreplay: npm run campaign:properties -- ${which}`
    throw new Error(text, { cause })
  }
  return { name, runs, check }
}
