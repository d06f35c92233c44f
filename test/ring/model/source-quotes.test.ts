import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { functionsOf, quotesOfModel } from './source-quotes.ts'

const SOURCE = fileURLToPath(new URL('../../../../src/', import.meta.url))
const FILES = [
  ...readdirSync(join(SOURCE, 'ring')).map((name) => `ring/${name}`),
  ...readdirSync(join(SOURCE, 'ring/kernel')).map((name) => `ring/kernel/${name}`),
  'wal/control.ts',
].filter((name) => name.endsWith('.ts'))

/** Functions with atomic operations that the model has no step for, and why. */
const NOT_MODELLED: ReadonlyMap<string, string> = new Map([
  ['ring-producer.ts usedBytes', 'a number for statistics'],
  ['ring-producer.ts hasRoomFor', 'a hint, on which no claim relies'],
  ['ring-consumer.ts nextSequence', 'reads what the consumer itself has stored'],
  ['ring-memory.ts build', 'before any thread has the memory'],
  ['ring-memory.ts holdsRing', 'reads what is written once'],
  ['ring-memory.ts pause', 'to a claim it is a close; what is lasting about a close, its seal, comes with none'],
  ['ring-memory.ts resume', 'nobody waits for it, as whoever finds the ring paused is refused'],
  ['ring-memory.ts isPaused', 'asked beside `closed`, which is modelled'],
  ['owners.ts ownerState', 'for tests and messages'],
  ['message-layout.ts markQueue', 'before any thread has the memory'],
  ['message-layout.ts attachQueue', 'reads what is written once'],
])

const ATOMIC = /\b[Aa]tomics?\.\w+/g

const quotes = quotesOfModel()
const functions = new Map(
  FILES.flatMap((path) => {
    const file = path.startsWith('ring/') ? path.slice(path.lastIndexOf('/') + 1) : path
    return [...functionsOf(readFileSync(join(SOURCE, path), 'utf8'))].map(([name, text]) => [`${file} ${name}`, text])
  }),
)

describe('the model of the ring', () => {
  it('quotes lines that stand in the functions it names', () => {
    const wrong = quotes.filter(({ file, name, code }) => functions.get(`${file} ${name}`)?.includes(code) !== true)
    expect(wrong).toEqual([])
    expect(quotes.length).toBeGreaterThan(70)
  })

  it('has a step for every atomic operation of the ring, but for those listed', () => {
    const missing: string[] = []
    for (const [name, text] of functions) {
      if (name.startsWith('wal/') || NOT_MODELLED.has(name)) continue
      const codes = quotes.filter((quote) => `${quote.file} ${quote.name}` === name).map(({ code }) => code)
      for (const { index, 0: call } of text.matchAll(ATOMIC)) {
        if (!codes.some((code) => covers(text, code, index))) missing.push(`${name}: ${call}`)
      }
    }
    expect(missing).toEqual([])
  })

  it('lists only functions that have one', () => {
    const idle = [...NOT_MODELLED.keys()].filter((name) => functions.get(name)?.match(ATOMIC) == null)
    expect(idle).toEqual([])
  })
})

function covers(text: string, code: string, index: number): boolean {
  for (let at = text.indexOf(code); at >= 0; at = text.indexOf(code, at + 1)) {
    if (at <= index && index < at + code.length) return true
  }
  return false
}
