import { parseCheckpointName, parseSegmentName } from '../format/index.ts'
import { StagingDirectory, type StagingPorts } from '../storage/staging-directory.ts'

/** Name of the report, beside the segments. Readers of a log pass over it. */
export const RESTORE_REPORT = 'restore-report.json'

/** A directory that a restore puts a log together in. @throws ERR_RINGWAL_IO, also if there is something under this path */
export function newRestoreStaging(ports: StagingPorts, path: string): StagingDirectory {
  return new StagingDirectory(ports, path, isMade)
}

function isMade(name: string): boolean {
  return parseSegmentName(name) !== undefined || parseCheckpointName(name) !== undefined || name === RESTORE_REPORT
}
