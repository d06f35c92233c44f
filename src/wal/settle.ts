import { RingwalError } from '../errors.ts'

/** What it is rejected with, so that it does not stand in the way of what else is to be told. */
export async function errorOf(work: Promise<void> | undefined): Promise<unknown> {
  try {
    await work
    return undefined
  } catch (error) {
    return error ?? new RingwalError('ERR_RINGWAL_INTERNAL', 'rejected without an error', {})
  }
}

/** Waits for `promise`, but no longer. @throws ERR_RINGWAL_TIMEOUT, with what it waited for still going on */
export async function within(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const refuse = (): void =>
      reject(new RingwalError('ERR_RINGWAL_TIMEOUT', `the log did not close in ${timeoutMs} ms`, { timeoutMs }))
    timer = setTimeout(refuse, timeoutMs)
  })
  try {
    await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
