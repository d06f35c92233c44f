import { refuseOption } from './failure.ts'

/** A parser as commander calls it: gets the option's text, returns its value or throws ERR_RINGWAL_OPTION. */
export type OptionParser<T> = (text: string) => T

/** A whole number in plain decimal digits: no sign, blank, point, exponent or other base. */
export function wholeNumber(option: string, min: number, max: number): OptionParser<number> {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw refuseOption(option, text, `an integer from ${min} to ${max}`)
  }
}

/** The number of a record. */
export function lsnOption(option: string): OptionParser<number> {
  return wholeNumber(option, 0, Number.MAX_SAFE_INTEGER)
}

const SIZE_FACTORS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

/** Bytes: a whole number, or one with K, M or G (also KiB, MiB, GiB) for powers of 1024. */
export function sizeOption(option: string, min: number, max: number): OptionParser<number> {
  return (text) => {
    const [, digits = '', unit = ''] = /^(\d{1,16})(?:([KMG])(?:iB)?)?$/i.exec(text) ?? []
    const value = digits === '' ? Number.NaN : Number(digits) * SIZE_FACTORS[unit.toUpperCase()]!
    if (value >= min && value <= max) return value
    throw refuseOption(option, text, `bytes from ${min} to ${max}, such as 65536, 64K, 64MiB or 1G`)
  }
}

/** One word of a list. */
export function choice<T extends string>(option: string, allowed: readonly T[]): OptionParser<T> {
  return (text) => {
    const found = allowed.find((word) => word === text)
    if (found !== undefined) return found
    throw refuseOption(option, text, allowed.join(', '))
  }
}

/** Names set apart by commas, none of them empty or told twice. */
export function nameList(option: string): OptionParser<readonly string[]> {
  return (text) => {
    const names = text.split(',')
    if (names.every((name) => name !== '') && new Set(names).size === names.length) return names
    throw refuseOption(option, text, 'different names, set apart by commas')
  }
}

/** Integers set apart by commas. */
export function numberList(option: string, min: number, max: number): OptionParser<readonly number[]> {
  const one = wholeNumber(option, min, max)
  return (text) => text.split(',').map(one)
}
