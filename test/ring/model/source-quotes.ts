/* What the comments of the model say about the code: which function of which file a step is, and its line. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODEL_FOLDER } from './spin.ts'

export interface Quote {
  /** Where the comment stands, for messages. */
  readonly place: string
  readonly file: string
  readonly name: string
  readonly code: string
}

const COMMENT = /^\s*\/\* (\S+\.ts) (\w+) `(.+)` \*\/$/
/** A comment that begins with the name of a source file is meant to be one of those. */
const ATTEMPT = /\/\*\s*\S+\.ts\s/

export function quotesOfModel(): Quote[] {
  return readdirSync(MODEL_FOLDER)
    .filter((name) => name.endsWith('.pml'))
    .sort()
    .flatMap((name) =>
      readFileSync(join(MODEL_FOLDER, name), 'utf8')
        .split('\n')
        .flatMap((line, at) => quoteIn(name, line, at)),
    )
}

function quoteIn(model: string, line: string, at: number): Quote[] {
  const [, file, name, code] = COMMENT.exec(line) ?? []
  const place = `${model}:${at + 1}`
  if (file !== undefined) return [{ place, file, name: name!, code: code! }]
  if (ATTEMPT.test(line)) throw new Error(`${place} is no quote: ${line.trim()}`)
  return []
}

const DECLARATION = /^( {0,2})(?:(?:export|private|protected|static|get|function) )*(\w+)(?:<[^>]*>)?\(.*\{(?: .* \})?$/
const KEYWORDS: ReadonlySet<string> = new Set(['if', 'for', 'while', 'switch'])

/** The functions and methods of a source file in the house's layout, by name, with all their text. */
export function functionsOf(source: string): Map<string, string> {
  const functions = new Map<string, string>()
  const lines = source.split('\n')
  for (const [at, line] of lines.entries()) {
    const [, indent, name] = DECLARATION.exec(line) ?? []
    if (name === undefined || KEYWORDS.has(name)) continue
    const length = line.endsWith('}') ? 0 : lines.slice(at).indexOf(`${indent}}`)
    functions.set(name, lines.slice(at, at + length + 1).join('\n'))
  }
  return functions
}
