import { it } from 'vitest'
import { createKernelMemory } from '../../src/format/index.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { DamagedFiles } from './damaged-files.ts'
import { examine } from './examine.ts'
import { MemoryFiles } from './memory-files.ts'
import { checkFindings } from './oracle.ts'
import { SAMPLE_NAMES, sampleLog } from './sample-log.ts'

it.each(SAMPLE_NAMES)('the %s log hides no loss whatever length a file is cut to', { timeout: 120_000 }, (name) => {
  const log = sampleLog(name)
  const files = new DamagedFiles(log)
  const fs = new MemoryFiles()
  const ports = { fs, checker, memory: createKernelMemory(1 << 16) }
  for (const file of files.files) {
    files.restore()
    files.write(fs, log)
    while (file.size-- > 0) {
      fs.put(file.segment.path, file.bytes.subarray(0, file.size))
      try {
        checkFindings(log, files, examine(ports, LOG_DIR))
      } catch (error) {
        throw new Error(`${file.segment.name} cut to ${file.size} bytes`, { cause: error })
      }
    }
  }
})
