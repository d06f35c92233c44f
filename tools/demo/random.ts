/** Random numbers from a seed: Bob Jenkins's small fast generator (JSF32), seeded as he says. */
export class Random {
  private a = 0xf1ea5eed | 0
  private b: number
  private c: number
  private d: number

  /** @param seed any integer; its low 32 bits count */
  constructor(seed: number) {
    this.b = seed | 0
    this.c = this.b
    this.d = this.b
    for (let round = 0; round < 20; round++) this.next()
  }

  /** An integer from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(((this.next() >>> 0) / 2 ** 32) * (max - min + 1))
  }

  private next(): number {
    const e = (this.a - ((this.b << 27) | (this.b >>> 5))) | 0
    this.a = this.b ^ ((this.c << 17) | (this.c >>> 15))
    this.b = (this.c + this.d) | 0
    this.c = (this.d + e) | 0
    this.d = (e + this.a) | 0
    return this.d
  }
}
