import { expect, it } from 'vitest'
import { segmentName } from '../../src/format/index.ts'
import { sampleLog } from '../damage/sample-log.ts'
import type { FuzzFile } from './fuzz-log.ts'
import { runReal } from './real-target.ts'

it('a link, a directory, a FIFO in a segment’s place is not followed, waited for or written to', {
  timeout: 120_000,
}, async () => {
  const { name, bytes } = sampleLog('recycled').segments[1]!
  const strange = (['link', 'directory', 'other'] as const).map((kind, i): FuzzFile => {
    return { name: segmentName(i + 1), kind, bytes: new Uint8Array(0) }
  })
  const files: FuzzFile[] = [...strange, { name, kind: 'file', bytes }]
  await expect(runReal(files, new Map(), true)).resolves.toBeUndefined()
})
