/** A thread that looks at a log for one that is only read, or observed: tells what it found, changes nothing, and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { errorToRecord } from '../src/errors.ts'
import { createReadPorts } from '../src/read/log-view.ts'
import { systemClock } from '../src/wal/clock.ts'
import type { ExaminerInit, ExaminerMessage } from '../src/wal/protocol.ts'
import { observeLog } from '../src/wal/recovery.ts'

parentPort!.postMessage(await examine())

async function examine(): Promise<ExaminerMessage> {
  try {
    const ports = { ...(await createReadPorts()), clock: systemClock }
    return { kind: 'examined', report: observeLog(ports, workerData as ExaminerInit) }
  } catch (error) {
    return { kind: 'failed', error: errorToRecord(error) }
  }
}
