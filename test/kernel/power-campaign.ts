/** `npm run campaign:power`: power cuts of file systems of the running kernel, by the hundred. Needs root. */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { whyNoStrace } from '../process/strace.ts'
import { type DiskKind, whyNoPowerCut } from './loop-disk.ts'
import { cutPowers, type PowerTotals } from './power-sweep.ts'

const USAGE = 'usage: power-campaign [--cuts 1000] [--budget SECONDS] [--seed N] [--disks ext4,xfs] [--json]'
const LINE_EVERY = 50

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '1000' },
    budget: { type: 'string', default: '86400' },
    seed: { type: 'string', default: String(randomInt(2 ** 20)) },
    disks: { type: 'string', default: 'ext4,xfs' },
    json: { type: 'boolean', default: false },
  },
})
const [cuts = 0, budget = 0, seed = 0] = [values.cuts, values.budget, values.seed].map(Number)
const kinds = values.disks.split(',') as DiskKind[]
const areKnown = kinds.every((kind) => ['ext4', 'xfs'].includes(kind))
if (!areKnown || ![cuts, budget, seed].every((value) => Number.isSafeInteger(value) && value >= 0)) {
  console.error(USAGE)
  process.exit(2)
}
const say = values.json ? (): void => {} : console.log
const disks = kinds.filter((kind) => {
  const why = whyNoPowerCut(kind)
  if (why !== undefined) console.error(`not tried on ${kind}: ${why}`)
  return why === undefined
})
if (disks.length === 0) process.exit(2)
const noStrace = whyNoStrace()
if (noStrace !== undefined) console.error(`no cuts at system calls: ${noStrace}`)

// By an exit of its own, so that nothing stays mounted.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

say(`seed ${seed}; ${cuts} cuts on ${disks.join(' and ')}`)
const deadline = performance.now() + budget * 1000
const onCut = (totals: PowerTotals): void => {
  if (totals.cuts % LINE_EVERY === 0) say(describe(totals))
}
const totals = await cutPowers({ disks, seed, cuts, deadline, hasStrace: noStrace === undefined, onCut })
if (totals.violations.length > 0) process.exitCode = 1
if (values.json) console.log(JSON.stringify({ seed, ...totals }))
else console.log([describe(totals), ...totals.violations].join('\n'))

function describe({ cuts, lost, moments, acknowledgements, violations, seconds }: PowerTotals): string {
  const each = Object.entries(moments).map(([moment, count]) => `${moment} ${count}`)
  return (
    `${cuts} cuts (${each.join(', ')}), ${lost} of which took unsynced bytes of a file beside the log; ` +
    `${acknowledgements} acknowledgements held; ${violations.length} violations; ${seconds.toFixed(0)} s (seed ${seed})`
  )
}
