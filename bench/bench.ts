/** `npm run bench`: what the log does on this machine and this disk. See README.md for the method. */
import { runBench } from './run-bench.ts'

process.exitCode = await runBench(process.argv.slice(2), { command: 'npm run bench --', dir: '.tmp' })
