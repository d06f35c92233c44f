import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The folders have files of other systems with what their own programs said of them. `python.json` is what Python 3.11 says of texts
 * and numbers; `verifier.json` and `recovery-service.json` are made-up inputs with what their rules, restated in Python (and SQLite
 * 3.40), gave.
 */
export const CASES: string = fileURLToPath(new URL('../../../test/evidence/cases/', import.meta.url))

export function caseJson<T>(name: string): T {
  return JSON.parse(readFileSync(CASES + name, 'utf8')) as T
}
