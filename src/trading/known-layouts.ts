import { mayCompile } from '../codec/declared/may-compile.ts'
import { compileLayout } from './compile-layout.ts'
import type { DecodedFacts } from './decoded-facts.ts'
import { layoutOf, type OrderLayout, signatureOf } from './order-layout.ts'
import type { ValueReader } from './value-reader.ts'
import { walkLayout } from './walk-layout.ts'

/**
 * Reads an event whose keys stand in one given order.
 * @param reader behind the header of its map
 * @returns whether it is one, with usual values: its facts are in `facts` then
 */
export type LayoutDecoder = (reader: ValueReader, facts: DecodedFacts) => boolean

/** A layout is worth a decoder when so many events had it. */
const LEARNT_AT = 16
/** Memory is bounded, whatever a log holds: layouts with so many keys that have a decoder, and all that are counted. */
const DECODERS_MAX = 8
const COUNTED_MAX = 256

/** The layouts that the events of this thread have had, and a decoder for each. */
export class KnownLayouts {
  /** By the number of keys; the one that fitted last comes first. */
  private readonly decoders: LayoutDecoder[][] = []
  private readonly counts = new Map<string, number>()
  private readonly build: (layout: OrderLayout) => LayoutDecoder

  /** @param compile whether code may be made of strings */
  constructor(compile: boolean = mayCompile()) {
    this.build = compile ? compileLayout : walkLayout
  }

  /** @param reader in front of the map. @returns as a LayoutDecoder */
  take(reader: ValueReader, facts: DecodedFacts): boolean {
    const decoders = this.decoders[reader.count()]
    if (decoders === undefined) return false
    const { at } = reader
    for (let i = 0; i < decoders.length; i++) {
      reader.at = at
      facts.forgetOptional()
      const decoder = decoders[i]!
      if (!decoder(reader, facts)) continue
      if (i > 0) decoders.unshift(...decoders.splice(i, 1))
      return true
    }
    return false
  }

  /** Learns from a valid event that was not taken. @param reader in front of its map */
  learn(reader: ValueReader): void {
    const layout = layoutOf(reader)
    if (layout === undefined) return
    const signature = signatureOf(layout)
    const count = (this.counts.get(signature) ?? 0) + 1
    if (count === 1 && this.counts.size === COUNTED_MAX) return
    this.counts.set(signature, count)
    if (count !== LEARNT_AT) return
    const decoders = this.decoders[layout.length] ?? []
    this.decoders[layout.length] = decoders
    if (decoders.length < DECODERS_MAX) decoders.push(this.build(layout))
  }
}
