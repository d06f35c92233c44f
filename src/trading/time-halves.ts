/**
 * Times as two numbers: the upper and the lower 32 bits of a signed 64-bit integer, both as signed ones. Each event has a
 * time, and few of them are ever looked at: two small integers take no memory of their own, where a bigint is an object.
 */

const cell = new DataView(new ArrayBuffer(8))

/** @param time a signed 64-bit integer */
export function highHalf(time: bigint): number {
  cell.setBigInt64(0, time)
  return cell.getInt32(0)
}

export function lowHalf(time: bigint): number {
  cell.setBigInt64(0, time)
  return cell.getInt32(4)
}

export function timeOf(high: number, low: number): bigint {
  cell.setInt32(0, high)
  cell.setInt32(4, low)
  return cell.getBigInt64(0)
}
