import { CommanderError } from 'commander'
import { type ErrorCode, RingwalError } from '../../src/errors.ts'
import { colorsFor } from './colors.ts'
import { printable } from './printable.ts'
import { clearProgress } from './progress.ts'

/** What ended a command, in one line: the stable code and a message. */
export function describeFailure(error: unknown): string {
  const { code, message } = asRingwalError(error)
  return `${code}: ${printable(message)}`
}

/** Any error as one with a stable code. */
export function asRingwalError(error: unknown): RingwalError {
  if (error instanceof RingwalError) return error
  if (error instanceof CommanderError) return new RingwalError('ERR_RINGWAL_OPTION', usageMessage(error), {}, error)
  const message = error instanceof Error ? error.message : String(error)
  return new RingwalError(codeOf(error), message, {}, error)
}

/** Commander writes "error: …", and its guess at what was meant on a second line. */
function usageMessage(error: CommanderError): string {
  return error.message.replace(/^error: /, '').replaceAll('\n', ' ')
}

function codeOf(error: unknown): ErrorCode {
  const isSystemError = error instanceof Error && 'syscall' in error
  return isSystemError ? 'ERR_RINGWAL_IO' : 'ERR_RINGWAL_INTERNAL'
}

/** One line on stderr. A stderr that nobody reads is no reason to stop. */
export function complain(line: string): void {
  clearProgress()
  process.stderr.write(`${colorsFor(process.stderr).bad('ringwal:')} ${line}\n`)
}

/** The refusal of an option: names the option as it is typed, the value and what is allowed. */
export function refuseOption(option: string, value: string, allowed: string): RingwalError {
  const shown = JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  const message = `option ${option}: ${shown} is not allowed; allowed: ${allowed}`
  return new RingwalError('ERR_RINGWAL_OPTION', message, { option, value: shown, allowed })
}

/** The refusal of an option that means nothing without another one. */
export function refuseMissing(one: string, other: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_OPTION', `${one} is of no use without ${other}`, { option: one })
}

/** The refusal of two options that contradict each other. */
export function refuseCombination(one: string, other: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_OPTION', `${one} and ${other} can not be used together`, {
    option: one,
    value: other,
  })
}
