import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder `test/format` of the sources: what is no TypeScript is not copied to where the tests run. */
export const TEST_FOLDER: string = fileURLToPath(new URL('../../../test/format/', import.meta.url))

/** The text of the one fenced block of this language in the format document. */
export function documentBlock(language: string): string {
  const page = readFileSync(new URL('../../../format-spec/README.md', import.meta.url), 'utf8')
  const blocks = page.split(`\`\`\`${language}\n`)
  if (blocks.length !== 2) throw new Error(`the format document has ${blocks.length - 1} blocks of ${language}`)
  return blocks[1]!.split('```')[0]!
}

/** The bytes of a hexadecimal listing, `offset  bytes` a line; what is not listed is zeros. */
export function bytesOfListing(listing: string): Uint8Array {
  const lines = listing
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, offset, bytes] = /^([0-9a-f]{8}) {2}((?:[0-9a-f]{2} ?)+)$/.exec(line) ?? []
      if (offset === undefined || bytes === undefined) throw new Error(`no line of a listing: ${line}`)
      return { at: Number.parseInt(offset, 16), bytes: Buffer.from(bytes.replaceAll(' ', ''), 'hex') }
    })
  const file = new Uint8Array(Math.max(...lines.map(({ at, bytes }) => at + bytes.length)))
  for (const { at, bytes } of lines) file.set(bytes, at)
  return file
}
