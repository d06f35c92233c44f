import type { BareDisk } from '../measure/bare-disk.ts'
import { type FioRun, findFio, runFio } from '../measure/fio.ts'
import { measureAlone } from '../measure/isolate.ts'
import { DISK_BATCHES } from '../plan.ts'
import type { DiskFigure } from '../result.ts'
import { distributionOf, spreadOf } from '../statistics.ts'
import { fioDistribution } from './fio-distribution.ts'
import type { Section, Step } from './section.ts'
import type { Workshop } from './workshop.ts'

interface Cell {
  readonly file: DiskFigure['file']
  readonly batchBytes: number
  readonly node: BareDisk[]
  readonly fio: FioRun[]
}

const FILES = ['prefilled', 'growing'] as const

/** What the disk does without a log, in plain loops, and by fio where there is one. */
export async function diskSection(shop: Workshop): Promise<Section> {
  const cells = FILES.flatMap((file) =>
    DISK_BATCHES.map((batchBytes): Cell => ({ file, batchBytes, node: [], fio: [] })),
  )
  const fio = await findFio()
  if (fio === undefined) shop.skip('fio', 'there is no fio on the PATH')
  const ofFile = (file: DiskFigure['file']): Cell[] => cells.filter((cell) => cell.file === file)
  const steps = FILES.flatMap((file): Step[] => {
    const bare = { what: `disk: ${file} file`, seconds: 2, run: () => bareLoops(shop, file, ofFile(file)) }
    const beside = { what: `disk: ${file} file, ${fio}`, seconds: 4, run: () => fioLoops(shop, file, ofFile(file)) }
    return fio === undefined ? [bare] : [bare, beside]
  })
  return { steps, figures: () => ({ disk: cells.flatMap(figuresOf) }) }
}

async function bareLoops(shop: Workshop, file: DiskFigure['file'], cells: readonly Cell[]): Promise<void> {
  const path = shop.place(`bare-${file}`)
  const { diskBudgetMs: budgetMs, diskFileBytes: fileBytes } = shop.options.effort
  const batches = cells.map(({ batchBytes }) => batchBytes)
  const work = { kind: 'bare-disk', file: path, isPrefilled: file === 'prefilled', batches } as const
  const found = await measureAlone<'bare-disk'>({ ...work, budgetMs, fileBytes })
  for (const [i, cell] of cells.entries()) cell.node.push(found[i]!)
  shop.discard(path)
}

async function fioLoops(shop: Workshop, file: DiskFigure['file'], cells: readonly Cell[]): Promise<void> {
  const { diskBudgetMs: budgetMs, diskFileBytes: fileBytes } = shop.options.effort
  for (const { batchBytes, fio } of cells) {
    const path = shop.place(`fio-${file}-${batchBytes}`)
    fio.push(await runFio({ file: path, isPrefilled: file === 'prefilled', batchBytes, budgetMs, fileBytes }))
    shop.discard(path)
  }
}

function figuresOf({ file, batchBytes, node, fio }: Cell): DiskFigure[] {
  const bare = { ...ratesOf(node), latency: distributionOf(node.map(({ latency }) => latency)) }
  const figures: DiskFigure[] = [{ tool: 'node', file, batchBytes, ...bare }]
  if (fio.length === 0) return figures
  const latency = fioDistribution(fio.map(({ syncs }) => syncs))
  return [...figures, { tool: 'fio', file, batchBytes, ...ratesOf(fio), latency }]
}

function ratesOf(runs: readonly (BareDisk | FioRun)[]): Pick<DiskFigure, 'MBPerSecond' | 'syncsPerSecond'> {
  return {
    MBPerSecond: spreadOf(runs, ({ MBPerSecond }) => MBPerSecond),
    syncsPerSecond: spreadOf(runs, ({ syncsPerSecond }) => syncsPerSecond),
  }
}
