/** Single values of evidence, and their words when they are wrong. */
import { readFloat, readInt } from '../foreign/python/python-number.ts'
import { type EvidenceValues, refusal } from './key-values.ts'

/** @throws ERR_RINGWAL_INPUT for a key that is not there, or has nothing behind it */
export function requireText(values: EvidenceValues, key: string): string {
  const value = values.get(key)
  if (value === undefined || value === '') throw refusal(`missing required key: ${key}`)
  return value
}

/** May be NaN or infinite. @throws ERR_RINGWAL_INPUT */
export function requireFloat(values: EvidenceValues, key: string): number {
  const number = readFloat(values.get(key) ?? '')
  if (number === undefined) throw refusal(`${key} must be a number`)
  if (number < 0) throw refusal(`${key} must be >= 0`)
  return number
}

/** @throws ERR_RINGWAL_INPUT */
export function requireInteger(values: EvidenceValues, key: string): bigint {
  const number = readInt(values.get(key) ?? '')
  if (number === undefined) throw refusal(`${key} must be an integer`)
  if (number < 0n) throw refusal(`${key} must be >= 0`)
  return number
}

/** A limit that was given. @throws ERR_RINGWAL_INPUT if it is below 0 */
export function checkLimit(name: string, limit: number | bigint): void {
  if (limit < 0) throw refusal(`${name} must be >= 0`)
}

/** NaN is above no limit, so that comparisons alone let it pass. @throws ERR_RINGWAL_INPUT */
export function requireFinite(name: string, number: number): void {
  if (!Number.isFinite(number)) throw refusal(`${name} must be a finite number`)
}
