import { segmentName } from '../format/index.ts'

/** A segment as it is to be after a cut; once there is a file of this name, the cut will be made, whoever opens the log. */
export function cutName(segment: number): string {
  return `${segmentName(segment)}.cut`
}

const CUT_NAME = /^([0-9]{20}\.rwal)\.cut$/

/** Name of the segment that a file is to take the place of; undefined if it is no cut. */
export function parseCutName(name: string): string | undefined {
  return CUT_NAME.exec(name)?.[1]
}
