import type { CsvSettings } from './csv-rows.ts'
import type { InputItem, InputParser } from './input-item.ts'
import { JsonLines } from './json-lines.ts'
import { lineBlocks } from './line-blocks.ts'
import type { Input } from './open-input.ts'
import { type InputForm, sniffForm } from './sniff-form.ts'

export interface ReadItemsSettings extends CsvSettings {
  /** Undefined to find out. */
  readonly format: InputForm | undefined
}

/** The records of an input, some at a time, in order. Nothing is read ahead of what is taken. */
export async function* readItems(input: Input, settings: ReadItemsSettings): AsyncGenerator<readonly InputItem[]> {
  let parser: InputParser | undefined
  for await (const block of lineBlocks(input.chunks(), input.name)) {
    parser ??= await parserFor(settings.format ?? sniffForm(block.bytes), settings)
    if (parser !== undefined) yield parser.parse(block)
  }
  if (parser !== undefined) yield parser.end()
}

async function parserFor(form: InputForm | undefined, settings: CsvSettings): Promise<InputParser | undefined> {
  if (form === undefined) return undefined
  if (form === 'jsonl') return new JsonLines()
  const { CsvRows } = await import('./csv-rows.ts')
  return new CsvRows(settings)
}
