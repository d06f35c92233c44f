import type { Step } from './sections/section.ts'

/** What is being done and what is left, on one line of the terminal, which is wiped at the end; nothing where nobody looks. */
export class Progress {
  private readonly stream: NodeJS.WriteStream
  private readonly now: () => number
  private left: Step[] = []
  private total = 0
  private started = 0
  /** What a step took when it was done last. */
  private readonly known = new Map<Step, number>()
  private spent = 0
  private guessed = 0

  constructor(stream: NodeJS.WriteStream = process.stderr, now: () => number = () => performance.now()) {
    this.stream = stream
    this.now = now
  }

  /** Everything that is to be done, in order; what is done again stands there again. */
  expect(steps: readonly Step[]): void {
    this.left = [...steps]
    this.total = steps.length
  }

  begin({ what }: Step, when: string): void {
    this.started = this.now()
    const done = this.total - this.left.length
    this.show(`${done + 1}/${this.total}  about ${minutes(this.secondsLeft)} left  ${when}: ${what}`)
  }

  end(step: Step): void {
    const seconds = (this.now() - this.started) / 1000
    this.known.set(step, seconds)
    this.spent += seconds
    this.guessed += step.seconds
    this.left.shift()
    this.show('')
  }

  /** Of what was not done yet, the guess is corrected by how far off the guesses were so far. */
  get secondsLeft(): number {
    const slowness = this.guessed > 0 ? this.spent / this.guessed : 1
    return this.left.reduce((sum, step) => sum + (this.known.get(step) ?? step.seconds * slowness), 0)
  }

  private show(line: string): void {
    if (this.stream.isTTY) this.stream.write(`\r\x1b[K${line.slice(0, this.stream.columns - 1)}`)
  }
}

function minutes(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
