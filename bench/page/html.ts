/** Text that is HTML already. Whatever is not of this class is escaped. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Markup | readonly Markup[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A template whose values can neither end an element nor an attribute in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((string, at) => string + (at < parts.length ? textOf(parts[at]!) : '')).join(''))
}

/** A script that runs; its text comes from this package and its dependencies, never from a result. */
export function runningScript(source: string): Markup {
  return new Markup(`<script type="module">${source}</script>`)
}

/** JSON that the page's script can read back; nothing in it can end the element, or be taken for a comment. */
export function dataScript(id: string, value: unknown): Markup {
  const json = JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escapeInJson)
  return html`<script type="application/json" id="${id}">${new Markup(json)}</script>`
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('\n')
  return String(part).replace(/[&<>"']/g, (character) => ESCAPES[character]!)
}

function escapeInJson(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
