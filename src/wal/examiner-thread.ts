import { errorFromRecord } from '../errors.ts'
import type { ResolvedOptions } from './options.ts'
import type { ExaminerInit, ExaminerMessage } from './protocol.ts'
import type { RecoveryReport } from './recovery-report.ts'
import { startWorker } from './start-worker.ts'
import { firstMessage } from './threads.ts'

/** Tells what stands in a log's directory, found by a thread of its own: reading it takes a while. @throws as `observeLog` */
export async function examineInThread(dir: string, options: ResolvedOptions): Promise<RecoveryReport> {
  const { recover, verifyBytes, useBigInt64 } = options
  const init: ExaminerInit = { dir, recover, verifyBytes, useBigInt64 }
  const message: ExaminerMessage = await firstMessage(startWorker('examiner', init))
  if (message.kind === 'failed') throw errorFromRecord(message.error)
  return message.report
}
