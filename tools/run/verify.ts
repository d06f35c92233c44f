import { verifyLog } from '../../src/verify/verify-log.ts'
import { describeVerify } from '../output/verify-report.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { liveWriter } from '../support/lock.ts'
import { requireLog } from '../support/log-path.ts'
import type { Output } from '../support/output.ts'
import { Progress } from '../support/progress.ts'
import { progressBar } from '../support/progress-bar.ts'

export interface VerifyFlags {
  readonly json?: true
  readonly workers?: number
}

export async function verify(path: string, { json, workers }: VerifyFlags, output: Output): Promise<number> {
  const writer = requireLog(path) === 'directory' ? liveWriter(path) : undefined
  const progress = new Progress()
  const started = performance.now()
  const secondsSoFar = (): number => (performance.now() - started) / 1000
  const report = await verifyLog(path, {
    ...(workers === undefined ? {} : { workers }),
    onProgress: (done, total) => progress.update(() => progressBar('verifying', done, total, secondsSoFar())),
  })
  const seconds = secondsSoFar()
  progress.clear()
  if (json) output.line(JSON.stringify(report))
  else for (const line of describeVerify(report, seconds, writer)) output.line(line)
  await output.flush()
  return report.ok ? EXIT_FINE : EXIT_NO
}
