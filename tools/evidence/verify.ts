import { RingwalError } from '../../src/errors.ts'
import {
  checkFailoverEvidence,
  checkRecoveryEvidence,
  type EvidenceValues,
  FAILOVER_LIMITS,
  parseEvidence,
  RECOVERY_LIMITS,
} from '../../src/evidence/index.ts'
import { readFloat, readInt } from '../../src/foreign/python/python-number.ts'
import { pathText } from '../../src/foreign/python/python-text.ts'
import type { EvidenceFlags } from '../run/evidence.ts'
import { EXIT_CANNOT, EXIT_FINE } from '../support/exit.ts'
import { complain, refuseOption } from '../support/failure.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'
import { readInput } from './read-input.ts'

/** Says on stdout what the original verifiers said there, and exits as they did: with 0 or 2. */
export async function verifyAction(path: string, flags: EvidenceFlags, output: Output): Promise<number> {
  const check = flags.failover ? failoverCheck(flags) : recoveryCheck(flags)
  const shownPath = pathText(path)
  const reason = reasonOf(path, shownPath, flags.failover ? 'failover' : 'wal recovery', check)
  output.line(printable(reason ?? `verification passed: ${shownPath}`))
  await output.flush()
  return reason === undefined ? EXIT_FINE : EXIT_CANNOT
}

function reasonOf(path: string, shownPath: string, what: string, check: Check): string | undefined {
  const input = readInput(path, shownPath)
  if (input.kind === 'missing') return `error: evidence file not found: ${shownPath}`
  const failed = `error: ${what} evidence verification failed:`
  if (input.kind === 'fault') return `${failed} ${input.reason}`
  try {
    check(parseEvidence(input.bytes))
    return undefined
  } catch (error) {
    if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_INPUT') throw error
    return `${failed} ${error.message}`
  }
}

type Check = (values: EvidenceValues) => void

function recoveryCheck({ maxRtoSeconds, maxRpoEvents, compat }: EvidenceFlags): Check {
  const limits = {
    maxRtoSeconds: numberOf('--max-rto-seconds', maxRtoSeconds, RECOVERY_LIMITS.maxRtoSeconds),
    maxRpoEvents: integerOf('--max-rpo-events', maxRpoEvents, RECOVERY_LIMITS.maxRpoEvents),
  }
  return (values) => checkRecoveryEvidence(values, limits, compat === true)
}

function failoverCheck({ maxFailoverSeconds, maxDataLagEvents, compat }: EvidenceFlags): Check {
  const limits = {
    maxFailoverSeconds: numberOf('--max-failover-seconds', maxFailoverSeconds, FAILOVER_LIMITS.maxFailoverSeconds),
    maxDataLagEvents: integerOf('--max-data-lag-events', maxDataLagEvents, FAILOVER_LIMITS.maxDataLagEvents),
  }
  return (values) => {
    const { isDryRun } = checkFailoverEvidence(values, limits, compat === true)
    if (isDryRun) complain('it is the evidence of a dry run: no step was carried out')
  }
}

function numberOf(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const value = readFloat(text)
  if (value === undefined) throw refuseOption(option, text, 'a number of seconds, 0 or more')
  return value
}

function integerOf(option: string, text: string | undefined, otherwise: bigint): bigint {
  if (text === undefined) return otherwise
  const value = readInt(text)
  if (value === undefined) throw refuseOption(option, text, 'an integer, 0 or more')
  return value
}
