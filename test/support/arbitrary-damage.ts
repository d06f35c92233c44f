import fc from 'fast-check'

/** Something that is done to one of some files. Places and lengths are taken modulo what there is. */
export interface FileDamage {
  readonly how: 'flip' | 'zeros' | 'noise' | 'move' | 'cut' | 'append' | 'remove'
  readonly file: number
  readonly at: number
  readonly length: number
  /** For a move: where the bytes come from. */
  readonly fromFile: number
  readonly from: number
}

/** @param hows those that may be done */
export function anyDamage(...hows: FileDamage['how'][]): fc.Arbitrary<FileDamage> {
  return fc.record({
    how: fc.constantFrom(...hows),
    file: fc.nat(),
    at: fc.nat(),
    length: fc.oneof(fc.constantFrom(1, 8, 40, 512), fc.nat(2000)),
    fromFile: fc.nat(),
    from: fc.nat(),
  })
}

/**
 * @param start nothing before this offset of a file is touched
 * @returns the files afterwards, undefined for one that was removed
 */
export function damage(
  files: readonly Uint8Array[],
  damages: readonly FileDamage[],
  start: number,
): (Uint8Array<ArrayBuffer> | undefined)[] {
  const after: (Uint8Array<ArrayBuffer> | undefined)[] = files.map((file) => new Uint8Array(file))
  for (const { how, file, at, length, fromFile, from } of damages) {
    const which = file % after.length
    const bytes = after[which]
    if (bytes === undefined || bytes.length <= start) continue
    const to = start + (at % (bytes.length - start))
    if (how === 'flip') bytes[to]! ^= 1 << (length & 7)
    else if (how === 'zeros') bytes.fill(0, to, to + length)
    else if (how === 'noise') bytes.set(noise(Math.min(length, bytes.length - to), from), to)
    else if (how === 'move') move(bytes, to & ~7, files[fromFile % files.length]!, from, length)
    else if (how === 'append') after[which] = new Uint8Array([...bytes, ...noise(length, from)])
    else after[which] = how === 'cut' ? bytes.slice(0, to) : undefined
  }
  return after
}

/** Puts bytes of a file, from a multiple of 8 on, over others; no file grows. */
function move(target: Uint8Array, to: number, source: Uint8Array, from: number, length: number): void {
  const start = (from % source.length) & ~7
  target.set(source.subarray(start, start + Math.min(length, target.length - to)), to)
}

function noise(length: number, stamp: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(stamp + i + 1, 0x9e3779b1) >>> 24)
}
