/** Fractions of bigints, to compare decimals with: written without a look at src/trading. */
export interface Rational {
  readonly n: bigint
  /** Above 0. */
  readonly d: bigint
}

/** Of a text such as -12.0340. */
export function rational(text: string): Rational {
  const [whole, fraction = ''] = text.split('.')
  return { n: BigInt(whole! + fraction), d: 10n ** BigInt(fraction.length) }
}

export const nothing: Rational = { n: 0n, d: 1n }

export function plus(a: Rational, b: Rational): Rational {
  return { n: a.n * b.d + b.n * a.d, d: a.d * b.d }
}

export function minus(a: Rational, b: Rational): Rational {
  return plus(a, { n: -b.n, d: b.d })
}

export function times(a: Rational, b: Rational): Rational {
  return { n: a.n * b.n, d: a.d * b.d }
}

export function over(a: Rational, b: Rational): Rational {
  return b.n < 0n ? { n: -a.n * b.d, d: a.d * -b.n } : { n: a.n * b.d, d: a.d * b.n }
}

export function isSame(a: Rational, b: Rational): boolean {
  return a.n * b.d === b.n * a.d
}

export function sign(a: Rational): number {
  if (a.n === 0n) return 0
  return a.n > 0n ? 1 : -1
}

/** Half-even, by looking at both neighbours. */
export function rounded(value: Rational, decimals: number): Rational {
  const ten = 10n ** BigInt(decimals)
  let below = (value.n * ten) / value.d
  if (below * value.d > value.n * ten) below--
  const low = { n: below, d: ten }
  const high = { n: below + 1n, d: ten }
  const nearer = sign(minus(minus(value, low), minus(high, value)))
  if (nearer !== 0) return nearer < 0 ? low : high
  return below % 2n === 0n ? low : high
}
