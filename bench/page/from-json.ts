/** `node from-json.js <file>`: the page of a result that `--json` printed, to standard output. */
import { readFileSync } from 'node:fs'
import { printable } from '../../tools/support/printable.ts'
import { drawPage } from './draw-page.ts'
import { parseResult } from './parse-result.ts'

const [file, ...rest] = process.argv.slice(2)
if (file === undefined || rest.length > 0) {
  complain('usage: node from-json.js <result.json> > page.html')
} else {
  try {
    process.stdout.write(drawPage(parseResult(readFileSync(file, 'utf8'))))
  } catch (error) {
    complain(`bench: ${printable((error as Error).message)}`)
  }
}

function complain(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = 2
}
