export type CheckName = 'directory' | 'segments' | 'tail' | 'lock' | 'disk' | 'checkpoint' | 'archive' | 'files'

/** What one look at a log comes to. `WARN` is for people to see, and makes no log unhealthy. */
export interface Check {
  readonly check: CheckName
  readonly result: 'OK' | 'WARN' | 'FAIL'
  readonly message: string
}

export function ok(check: CheckName, message: string): Check {
  return { check, result: 'OK', message }
}

export function warn(check: CheckName, message: string): Check {
  return { check, result: 'WARN', message }
}

export function fail(check: CheckName, message: string): Check {
  return { check, result: 'FAIL', message }
}
