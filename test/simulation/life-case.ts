/** A failing life as a small file: what `--case` lives again. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { CrashPoint } from './crash-watch.ts'
import type { LifeScript } from './decision.ts'
import { LifeFailure, live } from './life.ts'

export interface LifeCase {
  readonly message: string
  readonly script: LifeScript
  /** The crash that showed it; absent where no crash did. */
  readonly at?: CrashPoint
}

export function caseOf({ message, script, at }: LifeFailure): LifeCase {
  return { message, script, ...(at && { at }) }
}

export function writeCase(path: string, found: LifeCase): void {
  writeFileSync(path, `${JSON.stringify(found)}\n`)
}

export function readCase(path: string): LifeCase {
  return JSON.parse(readFileSync(path, 'utf8')) as LifeCase
}

/** Lives a case again. @returns how it fails, if it does */
export async function replayCase({ script, at }: LifeCase): Promise<LifeFailure | undefined> {
  return failureOf(script, NO_SAMPLING, at)
}

const NO_SAMPLING = { whole: 0, torn: 0 }

/** @returns how a life fails; undefined if it does not */
export async function failureOf(...life: Parameters<typeof live>): Promise<LifeFailure | undefined> {
  try {
    await live(...life)
  } catch (error) {
    if (error instanceof LifeFailure) return error
    throw error
  }
  return undefined
}
