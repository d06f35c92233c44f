/** Why the files of a directory do not form one whole log (rules R8 and R9). */
export interface SegmentProblem {
  readonly class:
    | 'segment-header'
    | 'missing-segment'
    | 'duplicate-segment'
    | 'foreign'
    | 'gap'
    | 'truncated'
    | 'not-a-file'
    | 'unreadable'
  readonly file: string
  readonly offset: number
  readonly message: string
  /** LSNs that it costs, where that is known; 0 otherwise. */
  readonly lostFrom: number
  readonly lostTo: number
}

export function segmentProblem(kind: SegmentProblem['class'], file: string, message: string): SegmentProblem {
  return { class: kind, file, offset: 0, message, lostFrom: 0, lostTo: 0 }
}
