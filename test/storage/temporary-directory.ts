import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory of this test's own, gone when the test is over. */
export function temporaryDirectory(): string {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'ringwal-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
