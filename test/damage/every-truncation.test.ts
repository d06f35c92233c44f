import { it } from 'vitest'
import { createKernelMemory } from '../../src/format/index.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { DamagedFiles } from './damaged-files.ts'
import { examine } from './examine.ts'
import { MemoryFiles } from './memory-files.ts'
import { checkFindings } from './oracle.ts'
import { sampleLog } from './sample-log.ts'

/** An odd number of bytes at a time: every place in a word, and so every way to cut a frame, is met many times over. */
it.each([
  ['closed', 3],
  ['open', 7],
  ['recycled', 7],
] as const)('the %s log hides no loss whatever length a file is cut to', { timeout: 120_000 }, (name, step) => {
  const log = sampleLog(name)
  const files = new DamagedFiles(log)
  const fs = new MemoryFiles()
  const ports = { fs, checker, memory: createKernelMemory(1 << 16) }
  for (const file of files.files) {
    files.restore()
    files.write(fs, log)
    for (file.size -= step; file.size >= 0; file.size -= step) {
      fs.put(file.segment.path, file.bytes.subarray(0, file.size))
      try {
        checkFindings(log, files, examine(ports, LOG_DIR))
      } catch (error) {
        throw new Error(`${file.segment.name} cut to ${file.size} bytes`, { cause: error })
      }
    }
  }
})
