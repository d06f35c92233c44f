/** What a power cut kept, as a list that can be written down and answered again. */
import type { CrashChoice, SectorAnswer } from '../support/simulated-disk-crash.ts'
import type { SimulatedFile } from '../support/simulated-disk-file.ts'
import type { EntryOperation } from '../support/simulated-disk-tree.ts'

/** In the order of the questions; of an entry 1 if it survives, else 0. */
export type Answers = readonly SectorAnswer[]

/** Passes questions on, and keeps the answers. */
export class RecordedChoice implements CrashChoice {
  readonly answers: SectorAnswer[] = []
  /** How many versions there were of each sector, and of all else. */
  readonly sectors: number[] = []
  private readonly others: number[] = []
  private readonly choice: CrashChoice

  constructor(choice: CrashChoice) {
    this.choice = choice
  }

  sector(versions: number, file: SimulatedFile, index: number): SectorAnswer {
    this.sectors.push(versions)
    return this.keep(this.choice.sector(versions, file, index))
  }

  size(versions: number, file: SimulatedFile): number {
    this.others.push(versions)
    return this.keep(this.choice.size(versions, file))
  }

  entry(operation: EntryOperation): boolean {
    this.others.push(1)
    return this.keep(this.choice.entry(operation) ? 1 : 0) === 1
  }

  /**
   * How many combinations of answers there are, if no question depends on the answer to another.
   * @param tears at how many places each sector that survives can be torn
   */
  combinations(tears = 0): number {
    const others = this.others.reduce((product, most) => product * (most + 1), 1)
    return this.sectors.reduce((product, most) => product * (most + 1 + ((most * (most + 1)) / 2) * tears), others)
  }

  private keep<T extends SectorAnswer>(answer: T): T {
    this.answers.push(answer)
    return answer
  }
}

/** Answers as it was told; nothing survives of what it was not told about. */
export class ReplayedChoice implements CrashChoice {
  private readonly answers: Answers
  private asked = 0

  constructor(answers: Answers) {
    this.answers = answers
  }

  sector(versions: number): SectorAnswer {
    const answer = this.answers[this.asked++] ?? 0
    if (typeof answer === 'number') return Math.min(answer, versions)
    return answer.version > versions ? versions : answer
  }

  size(versions: number): number {
    return Math.min(this.plain(), versions)
  }

  entry(): boolean {
    return this.plain() !== 0
  }

  private plain(): number {
    const answer = this.answers[this.asked++] ?? 0
    return typeof answer === 'number' ? answer : answer.version
  }
}
