import { RingwalError } from '../../src/errors.ts'
import { failoverAction } from '../evidence/failover.ts'
import { verifyAction } from '../evidence/verify.ts'
import type { EvidenceAction } from '../evidence.ts'
import { refuseCombination } from '../support/failure.ts'
import type { Output } from '../support/output.ts'

/** Limits are texts: they are read as the original verifiers read theirs. */
export interface EvidenceFlags {
  readonly evidenceFile?: string
  readonly maxRtoSeconds?: string
  readonly maxRpoEvents?: string
  readonly failover?: true
  readonly maxFailoverSeconds?: string
  readonly maxDataLagEvents?: string
  readonly compat?: true
  readonly envConfig?: string
  readonly outputFile?: string
  readonly execute?: true
}

type Name = keyof EvidenceFlags

const OF_RECOVERY: readonly Name[] = ['maxRtoSeconds', 'maxRpoEvents']
const OF_FAILOVER: readonly Name[] = ['maxFailoverSeconds', 'maxDataLagEvents']
const OF_VERIFY: readonly Name[] = ['evidenceFile', 'failover', 'compat', ...OF_RECOVERY, ...OF_FAILOVER]
const OF_ORCHESTRATION: readonly Name[] = ['envConfig', 'outputFile', 'execute']

export async function evidenceCommand(action: EvidenceAction, flags: EvidenceFlags, output: Output): Promise<number> {
  if (action === 'verify') {
    refuseAny(flags, OF_ORCHESTRATION, 'evidence verify')
    refuseAny(
      flags,
      flags.failover ? OF_RECOVERY : OF_FAILOVER,
      flags.failover ? '--failover' : 'a recovery (no --failover)',
    )
    return verifyAction(required(flags, 'evidenceFile'), flags, output)
  }
  refuseAny(flags, OF_VERIFY, 'evidence failover')
  return failoverAction(required(flags, 'envConfig'), required(flags, 'outputFile'), flags.execute ?? false, output)
}

function refuseAny(flags: EvidenceFlags, names: readonly Name[], other: string): void {
  for (const name of names) if (flags[name] !== undefined) throw refuseCombination(optionOf(name), other)
}

function required(flags: EvidenceFlags, name: 'evidenceFile' | 'envConfig' | 'outputFile'): string {
  const value = flags[name]
  if (value !== undefined) return value
  const option = optionOf(name)
  throw new RingwalError('ERR_RINGWAL_OPTION', `${option} is missing: it must be given`, { option })
}

function optionOf(name: Name): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
