import { LONG_STATION } from './effort.ts'
import { DEFAULTS, ENCODINGS, POLICIES, SECTIONS } from './options.ts'
import { INSTALL_COMMAND } from './peers/installed.ts'
import { CALLERS, ORDER_BYTES, REFERENCE_SIZE } from './plan.ts'

const { whole, quick } = DEFAULTS

/** @param command as it is typed */
export function usage(command: string, dir: string): string {
  return `Usage: ${command} [options]

Measures what a log does on this machine and this disk, beside the bare disk. Prints tables, and a line for each claim
that the project makes about its speed. Run it on the disk that you mean to use, and on a machine that does nothing else.

Options:
  --only <list>       sections, with commas, of: ${SECTIONS.slice(0, 6).join(', ')},
                      ${SECTIONS.slice(6).join(', ')} (all but peers)
  --runs <n>          runs of everything, in turn (${whole.runs})
  --quick             small logs, few samples, one run: a look of seconds, not a measurement
  --peers             beside other stores, which ${INSTALL_COMMAND} installs
  --policies <list>   of ${POLICIES.join(', ')} (all)
  --sizes <list>      payload bytes (${whole.sizes})
  --producers <list>  threads that append (${whole.producers})
  --encodings <list>  of ${ENCODINGS.join(', ')} (all); the last two append an order of ${ORDER_BYTES} B
  --full              throughput of every policy, size, number of producers and encoding with every other
  --rates <list>      records a second of the open loops (${whole.rates})
  --records <n>       timed records of a throughput run at ${REFERENCE_SIZE} B (${whole.records}); at other sizes as many as take the
                      same bytes
  --log-bytes <size>  of the logs that are verified and opened (${whole['log-bytes']})
  --events <n>        order events of the log that is replayed (${whole.events})
  --long              the lifetime section goes on to 10^${Math.log10(LONG_STATION)} records: 17 GB of disk, minutes a run
  --json              everything measured, as JSON, instead of tables
  --html <file>       write a page with plots, too
  --dir <path>        where to make the logs, in a directory of their own (${dir})
  --keep              leave the logs there
  -h, --help          this

The plan: throughput of every size and encoding with the first number of producers, and of ${REFERENCE_SIZE} B with the others; under
never, which at full speed is much like interval, only ${REFERENCE_SIZE} B and the declared order. Cost of an append: every encoding and
the sizes up to 1024 B under interval; ${REFERENCE_SIZE} B and the declared order under the other policies. Latency, open loops,
lifetime and opening: ${REFERENCE_SIZE} B (the first size, if that is not among them); ${CALLERS.join(', ')} callers of
appendDurable. With --quick: sizes ${quick.sizes}, policies ${quick.policies}, producers ${quick.producers}, encodings ${quick.encodings}.

Examples:
  ${command} --quick
  ${command} --dir /data --html bench.html
  ${command} --only latency,open-loop --policies always --json > result.json
`
}
