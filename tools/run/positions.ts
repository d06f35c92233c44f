import { dropPosition, readPositions, setPosition } from '../../src/retention/outside-positions.ts'
import type { Position } from '../../src/retention/position-files.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { requireLog } from '../support/log-path.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface PositionsFlags {
  readonly set?: { readonly name: string; readonly lsn: number }
  readonly drop?: string
  readonly json?: true
}

export async function positions(dir: string, { set, drop, json }: PositionsFlags, output: Output): Promise<number> {
  requireLog(dir)
  if (set !== undefined) await setPosition(dir, set.name, set.lsn)
  const dropped = drop === undefined ? undefined : await dropPosition(dir, drop)
  const found = await readPositions(dir)
  if (json) {
    output.line(printable(JSON.stringify({ dir, ...(dropped === undefined ? {} : { dropped }), positions: found })))
  } else {
    if (dropped === false) output.line(printable(`there is no position ${drop}`))
    for (const line of describePositions(found)) output.line(printable(line))
  }
  await output.flush()
  return dropped === false || found.some(({ unusable }) => unusable !== null) ? EXIT_NO : EXIT_FINE
}

function describePositions(found: readonly Position[]): string[] {
  if (found.length === 0) return ['no positions: nobody is waited for']
  const width = Math.max(...found.map(({ name }) => name.length))
  return found.map(({ name, lsn, set, unusable }) => {
    const what = unusable === null ? `LSN ${lsn}, set ${set}` : `can not be used, and nothing is retired: ${unusable}`
    return `${name.padEnd(width)}  ${what}`
  })
}
