/** The peers by themselves: `node dist/bench/peers/main.js`. `npm run bench -- --peers` has them among everything else. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { optionError } from '../../src/errors.ts'
import { printable } from '../../tools/support/printable.ts'
import { describeMachine } from '../machine.ts'
import { peerTables } from '../report/peer-tables.ts'
import { textTable } from '../report/table.ts'
import type { PeerFigure } from '../result.ts'
import { stopPeers } from './peer-process.ts'
import {
  measurePeerJob,
  missingPeers,
  type PeerOptions,
  type PeerSample,
  peerJobs,
  summarizePeers,
} from './run-peers.ts'

interface MainOptions extends PeerOptions {
  readonly runs: number
  readonly json: boolean
  readonly dir: string
}

const USAGE = `node dist/bench/peers/main.js [options]

  --only <names>     peers, with commas (all that are installed)
  --runs <n>         of everything, in turn (5; 1 with --quick)
  --quick            few records: a look, not a measurement
  --batches <sizes>  pipelined work only, by each of these sizes of batch, with commas: to find out which does best
  --json             the figures as JSON
  --dir <path>       where to write: on the disk that you ask about (.tmp)
`

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let options: MainOptions | 'help'
  try {
    options = parseOptions(args)
    if (options !== 'help') missingPeers(options.only)
  } catch (error) {
    process.stderr.write(`peers: ${printable((error as Error).message)}\n\n${USAGE}`)
    return 2
  }
  if (options === 'help') {
    process.stdout.write(USAGE)
    return 0
  }
  try {
    const figures = summarizePeers(await measure(options))
    process.stdout.write(options.json ? `${JSON.stringify(figures, undefined, 2)}\n` : render(options, figures))
    return 0
  } catch (error) {
    process.stderr.write(`peers: ${printable((error as Error).message)}\n`)
    return 1
  }
}

function parseOptions(args: readonly string[]): MainOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      batches: { type: 'string' },
      json: { type: 'boolean', default: false },
      dir: { type: 'string', default: '.tmp' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const { only, runs, quick, batches, json, dir } = values
  return {
    only: only?.split(','),
    runs: whole('--runs', runs ?? (quick ? '1' : '5'), 100),
    isQuick: quick,
    batches: batches?.split(',').map((text) => whole('--batches', text, 1_000_000)),
    json,
    dir,
  }
}

function whole(option: string, text: string, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= max) return value
  throw optionError(option, text, `an integer from 1 to ${max}`)
}

/** Run by run, so that a change of the weather strikes every peer. */
async function measure(options: MainOptions): Promise<PeerSample[]> {
  mkdirSync(options.dir, { recursive: true })
  const root = mkdtempSync(join(resolve(options.dir), 'ringwal-peers-'))
  const cleanUp = (): void => rmSync(root, { recursive: true, force: true })
  process.once('SIGINT', () => {
    stopPeers()
    cleanUp()
    process.exit(130)
  })
  try {
    const jobs = peerJobs(options)
    const all = Array.from({ length: options.runs }, () => jobs).flat()
    const samples: PeerSample[] = []
    for (const job of all) {
      showProgress(`${samples.length}/${all.length}  ${job.peer}, ${job.work}`)
      samples.push(await measurePeerJob(job, root))
    }
    showProgress('')
    return samples
  } finally {
    cleanUp()
  }
}

function render({ only, runs, dir }: MainOptions, peers: readonly PeerFigure[]): string {
  const { node, cpu, cores, fileSystem, loadAverage } = describeMachine(resolve(dir))
  const head = `node ${node}, ${cpu}, ${cores} cores, ${fileSystem}, ${runs} runs, load at the end ${loadAverage}\n`
  const missing = missingPeers(only).map(({ what, reason }) => `  skipped: ${what}: ${reason}`)
  return `${[head, ...peerTables({ peers }).map(textTable), ...missing].join('\n')}\n`
}

/** On one line of the terminal, which is wiped at the end; nothing where nobody looks. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
