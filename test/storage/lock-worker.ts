/** A thread that locks the directory it is given, tells the outcome, and stays. */
import { parentPort, workerData } from 'node:worker_threads'
import { errorToRecord } from '../../src/errors.ts'
import { lockDirectory } from '../../src/storage/directory-lock.ts'

const { dir } = workerData as { dir: string }
// A ref'd listener: the lock alone does not keep a thread alive.
parentPort?.on('message', () => {})
try {
  const { holder } = await lockDirectory(dir)
  parentPort?.postMessage({ holder })
} catch (error) {
  parentPort?.postMessage({ error: errorToRecord(error) })
}
