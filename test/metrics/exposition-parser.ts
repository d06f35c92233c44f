/** A reader of Prometheus's text format, written from its description, and as strict as that. */

export interface Family {
  readonly help: string
  readonly type: string
  /** By the series: its name and labels as they are written. */
  readonly samples: readonly ParsedSample[]
}

export interface ParsedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y

/** @throws for text that a scraper would refuse, and for what it would take though the format's description forbids it */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, Family>()
  const lines = text.slice(0, -1).split('\n')
  for (let at = 0; at < lines.length; ) {
    const [, name, help] = /^# HELP (\S+) (.*)$/.exec(lines[at++]!) ?? fail(`line ${at}: no HELP`)
    const [, typed, type] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(lines[at++]!) ?? fail(`line ${at}: no TYPE`)
    if (name !== typed || families.has(name!)) fail(`line ${at}: ${name} is not told in one piece`)
    const samples: ParsedSample[] = []
    while (at < lines.length && !lines[at]!.startsWith('#')) samples.push(parseSample(lines[at++]!))
    const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    for (const sample of samples)
      if (!suffixes.some((suffix) => sample.name === name + suffix)) fail(`${sample.name} stands under ${name}`)
    families.set(name!, { help: plainText(help!), type: type!, samples })
  }
  return families
}

function parseSample(line: string): ParsedSample {
  const [, name, pairs = '', value] = SAMPLE.exec(line) ?? fail(`no sample: ${line}`)
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < pairs.length) {
    const [, label, text] = LABEL.exec(pairs) ?? fail(`no labels: ${pairs}`)
    if (label! in labels) fail(`${label} is there twice`)
    labels[label!] = plainText(text!)
  }
  return { name: name!, labels, value: numberOf(value!) }
}

function numberOf(text: string): number {
  const special = { '+Inf': Infinity, '-Inf': -Infinity, NaN: Number.NaN }[text]
  if (special !== undefined) return special
  if (!/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) fail(`no number: ${text}`)
  return Number(text)
}

function plainText(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
}

function fail(message: string): never {
  throw new Error(message)
}
