/** Preloaded into the demo's engines: should the demo itself be killed, none is left behind. */
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.stdin.once('close', () => process.exit(1)).on('error', () => {})
  process.stdin.resume().unref()
}
