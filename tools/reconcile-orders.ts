import type { Command } from 'commander'
import type { ReconcileFlags } from './run/reconcile-orders.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
Exit code 1 if there is any difference.

Examples:
  ringwal reconcile-orders data/wal --exchange open-orders.json
  ringwal reconcile-orders tables.json --exchange open-orders.json --json`

export function addReconcileOrders(program: Command, output: Output): void {
  program
    .command('reconcile-orders')
    .summary("hold open orders against an exchange's")
    .description(
      'Hold the orders of a log, or of a table in JSON, that are new or partially filled against those of an exchange.',
    )
    .argument('<path>', "a log's directory, or a JSON file with orders or events; - is stdin")
    .option('--exchange <file>', 'orders that the exchange has open: a JSON list, with clientOrderId and status')
    .option('--compat', "print the recovery service's own result, as JSON: other statuses are no difference")
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: ReconcileFlags) => {
      const { reconcile } = await import('./run/reconcile-orders.ts')
      process.exitCode = await reconcile(path, flags, output)
    })
}
