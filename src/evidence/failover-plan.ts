/** A failover as the gateway's orchestrator carries it out: five steps, each a command; and the evidence of it. */
import { splitLines, strip } from '../foreign/python/python-text.ts'
import { decodeUtf8 } from '../foreign/python/python-utf8.ts'
import { EVIDENCE_BYTES_MAX, refusal } from './key-values.ts'

const STEPS = ['precheck', 'backup_sync_check', 'demote_primary', 'promote_standby', 'verify'] as const

export interface FailoverStep {
  readonly name: (typeof STEPS)[number]
  /** For a shell; empty if there is nothing to do. */
  readonly command: string
}

export interface FailoverPlan {
  readonly environment: string
  /** As it was told: records by which the standby was behind. */
  readonly dataSyncLagEvents: string
  readonly steps: readonly FailoverStep[]
}

/** What became of one step. */
export interface StepResult {
  readonly step: FailoverStep
  readonly status: 'ok' | 'failed' | 'simulated_ok'
  /** Whole milliseconds, rounded down. */
  readonly durationMs: number
}

export interface FailoverDrill {
  readonly results: readonly StepResult[]
  /** Empty if none failed. */
  readonly failedStep: string
}

/**
 * Reads an environment's configuration: lines `key: value`, in double quotes or not, of which everything from `#` on is a comment.
 * It is no whole YAML, and was none to the orchestrator.
 * @throws ERR_RINGWAL_INPUT for what is no UTF-8, and for what is too long
 */
export function parseFailoverPlan(bytes: Uint8Array): FailoverPlan {
  if (bytes.length > EVIDENCE_BYTES_MAX) throw refusal(`the file is longer than ${EVIDENCE_BYTES_MAX} bytes`)
  const decoded = decodeUtf8(bytes)
  if ('fault' in decoded) throw refusal(decoded.fault)
  const values = new Map<string, string>()
  for (const raw of splitLines(decoded.text)) {
    const line = strip(raw.split('#', 1)[0]!)
    const at = line.indexOf(':')
    if (at >= 0) values.set(unquoted(line.slice(0, at)), unquoted(line.slice(at + 1)))
  }
  return {
    environment: values.get('environment') ?? 'unknown',
    dataSyncLagEvents: values.get('data_sync_lag_events') ?? '0',
    steps: STEPS.map((name) => ({ name, command: values.get(`${name}_cmd`) ?? '' })),
  }
}

function unquoted(text: string): string {
  const plain = strip(text)
  return plain.length >= 2 && plain.startsWith('"') && plain.endsWith('"') ? plain.slice(1, -1) : plain
}

/**
 * Goes through the steps up to the first that fails. A step without a command, and each of a dry run, is only told.
 * @param run runs a command; resolves to whether it did what it should
 * @param nowMs a clock that never goes back
 */
export async function runFailover(
  { steps }: FailoverPlan,
  run: ((command: string) => Promise<boolean>) | undefined,
  nowMs: () => number = () => performance.now(),
): Promise<FailoverDrill> {
  const results: StepResult[] = []
  for (const step of steps) {
    const started = nowMs()
    const isSimulated = run === undefined || step.command === ''
    const status = isSimulated ? 'simulated_ok' : (await run(step.command)) ? 'ok' : 'failed'
    results.push({ step, status, durationMs: Math.max(0, Math.floor(nowMs() - started)) })
    if (status === 'failed') return { results, failedStep: step.name }
  }
  return { results, failedStep: '' }
}

/** The evidence of a failover, which `checkFailoverEvidence` takes if every step was done. */
export function failoverEvidenceText(
  plan: FailoverPlan,
  { results, failedStep }: FailoverDrill,
  isDryRun: boolean,
): string {
  const seconds = Math.floor(results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000)
  const lines = [
    `FAILOVER_ENV=${plan.environment}`,
    `FAILOVER_DRY_RUN=${isDryRun ? 1 : 0}`,
    `FAILOVER_SUCCESS=${failedStep === ''}`,
    `FAILOVER_TOTAL_STEPS=${results.length}`,
    `FAILOVER_FAILED_STEP=${failedStep}`,
    `FAILOVER_DURATION_SECONDS=${seconds}`,
    `DATA_SYNC_LAG_EVENTS=${plan.dataSyncLagEvents}`,
  ]
  for (const [index, { step, status, durationMs }] of results.entries()) {
    const key = `STEP_${index + 1}`
    lines.push(`${key}_NAME=${step.name}`, `${key}_STATUS=${status}`)
    lines.push(`${key}_DURATION_MS=${durationMs}`, `${key}_COMMAND=${step.command}`)
  }
  return `${lines.join('\n')}\n`
}
