/** A cluster whose workers all lock one directory. Prints their outcomes as JSON and ends. */
import cluster from 'node:cluster'
import { errorToRecord } from '../../src/errors.ts'
import { lockDirectory } from '../../src/storage/directory-lock.ts'

const WORKERS = 3

async function outcome(): Promise<unknown> {
  try {
    return { holder: (await lockDirectory(process.argv[2] ?? '')).holder }
  } catch (error) {
    return { error: errorToRecord(error) }
  }
}

if (cluster.isPrimary) {
  const outcomes: unknown[] = []
  cluster.on('message', (_worker, message) => {
    if (outcomes.push(message) < WORKERS) return
    process.stdout.write(JSON.stringify(outcomes))
    for (const worker of Object.values(cluster.workers ?? {})) worker?.kill('SIGKILL')
  })
  for (let i = 0; i < WORKERS; i++) cluster.fork()
} else {
  process.send?.(await outcome())
}
