import { readFileSync } from 'node:fs'

/** Of the package, such as 1.2.3. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
