import type { LogControl } from './control.ts'
import type { RecycledFile } from './steward-words.ts'

/** Segments made ahead of need: the writer's side. */
export interface SpareSegments {
  /**
   * Takes the file made ahead for segment `number`.
   * @returns `filled` if it is in place and its name durable (all of it zeros, perhaps still shorter than a segment); the
   *   recycled file that it is, of a segment's size, its header page durably blank, which has yet to get the segment's name;
   *   undefined if there is no such file, and nobody will make one any more
   */
  take(number: number): 'filled' | RecycledFile | undefined
}

/** A piece of the steward's work takes milliseconds, and a sync on a bad disk perhaps half a minute. */
const STEWARD_MS_MAX = 120_000

/** The writer's side, over the shared words, with a steward at work on another thread: see `SpareMaker`. */
export function sharedSpares(control: LogControl): SpareSegments {
  return {
    take(number: number): 'filled' | RecycledFile | undefined {
      control.steward.spareTaken = number
      control.steward.waitSpareIdle(number, STEWARD_MS_MAX)
      if (control.steward.spareMade < number) return undefined
      const recycled = control.steward.recycledFor(number)
      if (recycled === undefined) return 'filled'
      control.counts.add('recycledSegments', 1)
      return recycled
    },
  }
}
