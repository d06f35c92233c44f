import type { Command } from 'commander'

/** Everything behind the name is the benchmark's own: `npm run bench` takes the same options, and gives the same help. */
export function addBench(program: Command): void {
  program
    .command('bench')
    .summary('measure what a log does on this machine and disk')
    .argument('[options...]', 'see ringwal bench --help')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: readonly string[]) => {
      const { runBench } = await import('../bench/run-bench.ts')
      process.exitCode = await runBench(args, { command: 'ringwal bench', dir: '.' })
    })
}
