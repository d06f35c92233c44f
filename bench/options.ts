import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { optionError, RingwalError } from '../src/errors.ts'
import type { SyncPolicy } from '../src/index.ts'
import { type Effort, FULL_EFFORT, LONG_STATION, QUICK_EFFORT } from './effort.ts'
import { recordsMax } from './measure/quiet-log.ts'
import { REFERENCE_SIZE } from './plan.ts'
import type { Encoding } from './result.ts'

export const SECTIONS = [
  'throughput',
  'append-cost',
  'latency',
  'open-loop',
  'disk',
  'lifetime',
  'reading',
  'opening',
  'micro',
  'peers',
] as const
export type SectionName = (typeof SECTIONS)[number]

export interface BenchOptions {
  readonly sections: readonly SectionName[]
  /** Timed records of a throughput run at the reference size; at other sizes as many as take the same bytes. */
  readonly records: number
  /** Payload bytes. */
  readonly sizes: readonly number[]
  readonly policies: readonly SyncPolicy[]
  readonly producers: readonly number[]
  readonly encodings: readonly Encoding[]
  /** Whether throughput has every one of these with every other. */
  readonly full: boolean
  /** Records a second of the open loops. */
  readonly rates: readonly number[]
  /** Bytes of the logs that are verified and opened, and events of the one that is replayed. */
  readonly logBytes: number
  readonly events: number
  readonly runs: number
  /** A look, not a measurement. */
  readonly isQuick: boolean
  readonly json: boolean
  /** A file for the page, absolute. */
  readonly html: string | undefined
  /** Where the logs are made, in a directory of their own, which is removed at the end unless `keep`. */
  readonly dir: string
  readonly keep: boolean
  readonly effort: Effort
}

export const POLICIES: readonly SyncPolicy[] = ['always', 'interval', 'never']
export const ENCODINGS: readonly Encoding[] = ['bytes', 'declared', 'any']

/** What is not given: in a whole run, and in a quick one. */
export const DEFAULTS: Readonly<Record<'whole' | 'quick', Defaults>> = {
  whole: {
    records: 1_000_000,
    sizes: '64,128,256,1024,16384,262144',
    policies: POLICIES.join(','),
    producers: '1,2,3',
    encodings: ENCODINGS.join(','),
    rates: '1000,10000,100000,1000000',
    'log-bytes': '1G',
    events: 1_000_000,
    runs: 5,
  },
  quick: {
    records: 50_000,
    sizes: '128',
    policies: 'always,interval',
    producers: '1,2',
    encodings: 'bytes,declared',
    rates: '100000',
    'log-bytes': '32M',
    events: 20_000,
    runs: 1,
  },
}

interface Defaults {
  readonly records: number
  readonly sizes: string
  readonly policies: string
  readonly producers: string
  readonly encodings: string
  readonly rates: string
  readonly 'log-bytes': string
  readonly events: number
  readonly runs: number
}

/** A payload must fit a record, with what an encoding puts before it. */
const SIZE_MAX = 1_000_000
const PRODUCERS_MAX = 16
const RATE_MAX = 10_000_000
const LOG_BYTES_MIN = 1 << 20
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

/** @throws ERR_RINGWAL_OPTION */
export function parseOptions(args: readonly string[], defaultDir: string): BenchOptions | 'help' {
  const given = parse(args)
  if (given.help) return 'help'
  const { quick, long, full, json, keep } = given
  const defaults = quick ? DEFAULTS.quick : DEFAULTS.whole
  const text = (name: keyof Defaults): string => given[name] ?? String(defaults[name])
  const numbers = (name: 'sizes' | 'producers' | 'rates', max: number): number[] =>
    list(`--${name}`, text(name), (one) => whole(`--${name}`, one, 1, max))
  const effort = quick ? QUICK_EFFORT : FULL_EFFORT
  return {
    sections: sectionsOf(given.only, given.peers),
    records: whole('--records', text('records'), 1, recordsMax(REFERENCE_SIZE) / 2),
    sizes: numbers('sizes', SIZE_MAX),
    policies: list('--policies', text('policies'), (one) => choice('--policies', one, POLICIES)),
    producers: numbers('producers', PRODUCERS_MAX),
    encodings: list('--encodings', text('encodings'), (one) => choice('--encodings', one, ENCODINGS)),
    full,
    rates: numbers('rates', RATE_MAX),
    logBytes: bytes('--log-bytes', text('log-bytes')),
    events: whole('--events', text('events'), 1, 1e9),
    runs: whole('--runs', text('runs'), 1, 100),
    isQuick: quick,
    json,
    html: given.html === undefined ? undefined : pagePath(given.html),
    dir: given.dir ?? defaultDir,
    keep,
    effort: long ? { ...effort, stations: [...effort.stations, LONG_STATION] } : effort,
  }
}

const [TEXT, FLAG] = [{ type: 'string' }, { type: 'boolean', default: false }] as const
const KNOWN = {
  only: TEXT,
  records: TEXT,
  sizes: TEXT,
  policies: TEXT,
  producers: TEXT,
  encodings: TEXT,
  rates: TEXT,
  'log-bytes': TEXT,
  events: TEXT,
  runs: TEXT,
  full: FLAG,
  long: FLAG,
  quick: FLAG,
  peers: FLAG,
  json: FLAG,
  html: TEXT,
  dir: TEXT,
  keep: FLAG,
  help: { ...FLAG, short: 'h' },
} as const

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: KNOWN }).values
  } catch (error) {
    const [message] = (error as Error).message.split('. To specify')
    throw new RingwalError('ERR_RINGWAL_OPTION', message!, {}, error)
  }
}

function sectionsOf(only: string | undefined, withPeers: boolean): SectionName[] {
  const named = only === undefined ? undefined : list('--only', only, (one) => choice('--only', one, SECTIONS))
  // Peers are a package of their own, so they are asked for by name.
  return SECTIONS.filter((name) => (name === 'peers' && withPeers) || (named?.includes(name) ?? name !== 'peers'))
}

/** Words set apart by commas, each of them once. */
function list<T>(option: string, text: string, parseOne: (text: string) => T): T[] {
  const values = text.split(',').map(parseOne)
  if (new Set(values).size === values.length) return values
  throw optionError(option, text, 'different values, set apart by commas')
}

function whole(option: string, text: string, min: number, max: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw optionError(option, text, `an integer from ${min} to ${Math.floor(max)}`)
}

function bytes(option: string, text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,12})([KMG]?)$/.exec(text) ?? []
  const value = digits === '' ? Number.NaN : Number(digits) * UNITS[unit]!
  if (value >= LOG_BYTES_MIN && value <= 2 ** 40) return value
  throw optionError(option, text, 'bytes from 1M to 1024G, such as 512M')
}

function choice<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === text)
  if (found !== undefined) return found
  throw optionError(option, text, allowed.join(', '))
}

/** Found out before the run that it is for, not behind it. */
function pagePath(text: string): string {
  const path = resolve(text)
  const parent = statSync(dirname(path), { throwIfNoEntry: false })
  const isThere = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  if (text !== '' && parent?.isDirectory() === true && !isThere) return path
  throw optionError('--html', text, 'a file in a directory that is there')
}
