import { mirrorArchive } from '../../src/archive/mirror-archive.ts'
import { openTarget } from '../../src/archive/open-target.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { formatBytes, formatShare, plural } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'
import { Progress } from '../support/progress.ts'

export interface MirrorFlags {
  readonly from: string
  readonly to: string
  readonly json?: true
}

export async function mirror({ from, to, json }: MirrorFlags, output: Output): Promise<number> {
  const [source, target] = [await openTarget(from, '--from'), await openTarget(to, '--to')]
  const progress = new Progress()
  const onProgress = (done: number, total: number): void =>
    progress.update(() => `mirroring: ${formatShare(done, total)}`)
  const report = await mirrorArchive(source, target, { onProgress }).finally(() => progress.clear())
  const { copied, there, objects, bytes, refused } = report
  if (json) output.line(printable(JSON.stringify(report)))
  else {
    for (const { object, reason } of refused) output.line(printable(`not copied: ${object}: ${reason}`))
    const what = `${plural(objects, 'object')}, ${formatBytes(bytes)}`
    output.line(printable(`${plural(copied, 'backup')} copied to ${report.to}, ${what}; ${there} were there`))
  }
  await output.flush()
  return refused.length === 0 ? EXIT_FINE : EXIT_NO
}
