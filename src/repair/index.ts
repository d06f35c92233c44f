/** Clean logs out of damaged ones: of a directory, or of loose files. */
export type { LostRange } from './lost-ranges.ts'
export { repairLog } from './repair-log.ts'
export type { RepairOptions, SalvageOptions } from './repair-options.ts'
export type { LeftOut, RepairedSegment, RepairReport } from './repair-report.ts'
export { reportVerdict } from './report-page.ts'
export { salvageFiles } from './salvage-files.ts'
