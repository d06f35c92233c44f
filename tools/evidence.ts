import type { Command } from 'commander'
import type { EvidenceFlags } from './run/evidence.ts'
import { choice } from './support/option-values.ts'
import type { Output } from './support/output.ts'

const EXAMPLES = `
verify prints one line on stdout, and exits with 0 or 2.

Examples:
  ringwal evidence verify --evidence-file wal_recovery.env --max-rto-seconds 10 --max-rpo-events 0
  ringwal evidence verify --evidence-file failover.env --failover --max-failover-seconds 300
  ringwal evidence failover --env-config hosts.yaml --output-file failover.env`

const ACTIONS = ['verify', 'failover'] as const
export type EvidenceAction = (typeof ACTIONS)[number]

export function addEvidence(program: Command, output: Output): void {
  program
    .command('evidence')
    .summary('check the evidence of a drill, or carry out a failover')
    .description('Check the evidence of a recovery or failover drill; carry out a failover, and write its evidence.')
    .argument('<action>', ACTIONS.join(', '), choice('<action>', ACTIONS))
    .option('--evidence-file <file>', 'the evidence: key=value lines (verify)')
    .option('--max-rto-seconds <seconds>', 'longest time that the recovery may have taken (default: 10)')
    .option('--max-rpo-events <n>', 'most records that may be lost (default: 0)')
    .option('--failover', 'it is the evidence of a failover (verify)')
    .option('--max-failover-seconds <seconds>', 'longest time that the failover may have taken (default: 180)')
    .option('--max-data-lag-events <n>', 'most records that the standby may have been behind (default: 0)')
    .option('--compat', "check no more than the gateway's own verifier did (verify)")
    .option('--env-config <file>', 'the commands of the five steps: key: value lines (failover)')
    .option('--output-file <file>', 'where to write the evidence (failover)')
    .option('--execute', 'run the commands; without it, a dry run (failover)')
    .addHelpText('after', EXAMPLES)
    .action(async (action: EvidenceAction, flags: EvidenceFlags) => {
      const { evidenceCommand } = await import('./run/evidence.ts')
      process.exitCode = await evidenceCommand(action, flags, output)
    })
}
