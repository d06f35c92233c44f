/** `npm run campaign:power`: power cuts of file systems of the running kernel, by the hundred. Needs root. */
import { parseArgs } from 'node:util'
import { whyNoStrace } from '../process/strace.ts'
import { CAMPAIGN_OPTIONS, CampaignVoice, refuse, wholeNumbers } from '../support/campaign.ts'
import { type DiskKind, whyNoPowerCut } from './loop-disk.ts'
import { cutPowers, type PowerTotals } from './power-sweep.ts'

const USAGE = 'usage: power-campaign [--cuts 1000] [--budget SECONDS] [--seed N] [--disks ext4,xfs] [--json]'

const { values } = parseArgs({
  options: {
    ...CAMPAIGN_OPTIONS,
    cuts: { type: 'string', default: '1000' },
    disks: { type: 'string', default: 'ext4,xfs' },
  },
})
const { cuts, budget, seed } = wholeNumbers(USAGE, { cuts: values.cuts, budget: values.budget, seed: values.seed })
const kinds = values.disks.split(',') as DiskKind[]
if (!kinds.every((kind) => ['ext4', 'xfs'].includes(kind))) refuse(USAGE)
const disks = kinds.filter((kind) => {
  const why = whyNoPowerCut(kind)
  if (why !== undefined) console.error(`not tried on ${kind}: ${why}`)
  return why === undefined
})
if (disks.length === 0) process.exit(2)
const noStrace = whyNoStrace()
if (noStrace !== undefined) console.error(`no cuts at system calls: ${noStrace}`)

console.error(`seed ${seed}; ${cuts} cuts on ${disks.join(' and ')}`)
const voice = new CampaignVoice(seed, describe)
const deadline = performance.now() + budget * 1000
const onCut = (totals: PowerTotals): void => voice.progress(totals.cuts, totals)
voice.end(await cutPowers({ disks, seed, cuts, deadline, hasStrace: noStrace === undefined, onCut }), values.json)

function describe({ cuts, lost, moments, acknowledgements, violations, seconds }: PowerTotals): string {
  const each = Object.entries(moments).map(([moment, count]) => `${moment} ${count}`)
  return (
    `${cuts} cuts (${each.join(', ')}), ${lost} of which took unsynced bytes of a file beside the log; ` +
    `${acknowledgements} acknowledgements held; ${violations.length} violations; ${seconds.toFixed(0)} s`
  )
}
