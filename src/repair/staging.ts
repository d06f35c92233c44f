import { parseSegmentName } from '../format/index.ts'
import { StagingDirectory, type StagingPorts } from '../storage/staging-directory.ts'

/** Names of the report, beside the segments. Readers of a log pass over them. */
export const REPORT_JSON = 'repair-report.json'
export const REPORT_PAGE = 'repair-report.md'

/** A directory beside the one that a repair is to make. @throws ERR_RINGWAL_IO, also if there is something under this path */
export function newRepairStaging(ports: StagingPorts, path: string): StagingDirectory {
  return new StagingDirectory(ports, path, isMade)
}

function isMade(name: string): boolean {
  return parseSegmentName(name) !== undefined || name === REPORT_JSON || name === REPORT_PAGE
}
