import { isUnfinished } from '../../src/checkpoint/checkpoint-writer.ts'

/** Files of a log's directory that hold none of its records, by what they are. */
export interface ExtraFiles {
  /** Of retired segments, which wait to be segments again. */
  readonly recycled: number
  /** Checkpoints under way; without a writer, left by one that died: the next opening removes them. */
  readonly unfinished: number
  /** Put aside by an opening, because they stood behind the end of the log. */
  readonly setAside: number
}

const RECYCLED = /^recycled-\d{20}\.spare$/
const SET_ASIDE = /^\d{20}\.rwal\.unfinished-\d+$/

export function countExtraFiles(names: readonly string[]): ExtraFiles {
  const count = (isOne: (name: string) => boolean): number => names.filter(isOne).length
  return {
    recycled: count((name) => RECYCLED.test(name)),
    unfinished: count(isUnfinished),
    setAside: count((name) => SET_ASIDE.test(name)),
  }
}

/** For people: `1 spare, 2 recycled, 0 unfinished checkpoints, 0 set aside`. */
export function describeExtraFiles({ recycled, unfinished, setAside }: ExtraFiles, spare: number): string {
  return `${spare} spare, ${recycled} recycled, ${unfinished} unfinished checkpoint${unfinished === 1 ? '' : 's'}, ${setAside} set aside`
}
