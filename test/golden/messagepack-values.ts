/** MessagePack by hand, in hexadecimal: every form that the format has, also those that no encoder chooses. */

/** Payloads that decode under codec setting 0. */
export const PLAIN_VALUES: readonly string[] = [
  // nil, false, true
  ...['c0', 'c2', 'c3'],
  // Integers: both short forms, then u8 to u64 and i8 to i64, at their ends and up to where a double is exact.
  ...['00', '7f', 'ff', 'e0', 'cc00', 'ccff', 'cdffff', 'ceffffffff', 'cf0000000000000001', 'cf001fffffffffffff'],
  ...['d080', 'd17fff', 'd18000', 'd280000000', 'd3ffffffffffffffff', 'd3ffe0000000000001'],
  // Floats of 32 bits: 0.1, 3, infinity.
  ...['ca3dcccccd', 'ca40400000', 'ca7f800000'],
  // Floats of 64 bits: 1.5, -0, 1e21, 1e20, 1e-6, 1e-7, the smallest, the largest, 2^63, 0.1 + 0.2.
  ...['cb3ff8000000000000', 'cb8000000000000000', 'cb444b1ae4d6e2ef50', 'cb4415af1d78b58c40', 'cb3eb0c6f7a0b5ed8d'],
  ...['cb3e7ad7f29abcaf48', 'cb0000000000000001', 'cb7fefffffffffffff', 'cb43e0000000000000', 'cb3fd3333333333334'],
  // NaN, NaN with a payload, minus infinity.
  ...['cb7ff8000000000000', 'cbfff8000000000123', 'cbfff0000000000000'],
  // Texts: empty, all three lengths, with nothing in them, and in scripts of two, three and four bytes.
  ...['a0', 'a3616263', 'd900', 'd903616263', 'da0003616263', 'db00000003616263', 'a9c3a4e282acf09f9a80'],
  // Bytes: none, all three lengths.
  ...['c400', 'c40300ff80', 'c50003010203', 'c600000003010203'],
  // Arrays and maps: none, all three lengths; in each other.
  ...['90', '93c00102', 'dc0002c2c3', 'dd00000002a161a162', '80', '81a161c0', 'de0001a16101', 'df00000001a16190'],
  '82a46c69737493c09081a178cb3fe0000000000000a36d617082a16180a16291c403000102',
  // Members by a number's name, of which JavaScript lists the small ones first; a name twice, of which the last counts.
  '85a1620aa23130cc64a13214a53430303030c3a2303101',
  '83a161cc01a162cc02a161cc03',
  // Timestamps of 32, 64 and 96 bits: 2026-01-01, with 123 ms, a second before 1970, the years 1 and 9999.
  ...['d6ff6955b900', 'd7ff1d5353006955b900', 'c70cff00000000ffffffffffffffff', 'c70cff00000000fffffff1886e0900'],
  'c70cff3b8b87c00000003afff4417f',
]

/** Texts that must not reach a terminal as they are. */
export const UNPRINTABLE_TEXTS: readonly string[] = [
  '\u0000\u0001\u0007\b\t\n\u000b\f\r\u001b[31mred\u001b[0m\u007f',
  '\u0080\u0085\u009b31m C1 controls',
  'quotes " and \\ and / and \u00a0 stay',
  'line \u2028 and paragraph \u2029 separators',
  'invoice\u202excod.exe \u2066\u2069\u200e\u200f\u061c',
  '\ufeffa mark in front, \ufffd, \u{10ffff} and \u{1f680}',
]

/** Payloads that decode under codec setting 1 only, or otherwise than under 0. */
export const BIGINT_VALUES: readonly string[] = [
  ...['cfffffffffffffffff', 'cf0020000000000000', 'd38000000000000000', 'd3ffffffffffffffff', 'cf0000000000000005'],
  ...['05', 'ceffffffff', 'd280000000', 'cb43e0000000000000', '82a3626967cf0de0b6b3a7640000a5736d616c6c07'],
]

/** Payloads that say to be MessagePack, and can not be decoded under setting 0. */
export const REFUSED_VALUES: readonly string[] = [
  // Nothing; a lead byte that no value has; two values; values cut short.
  ...['', 'c1', '0102', 'a561', 'cd01', 'c70c', '92c0'],
  // Four thousand million elements, members and bytes, said in five bytes.
  ...['ddffffffff', 'dfffffffff', 'c6ffffffff', 'dbffffffff'],
  // Integers that no double holds; extensions of types 5 and -2; timestamps of 5 bytes, in microseconds, past Date.
  ...['cf0020000000000000', 'd38000000000000000', 'd40500', 'd4fe00', 'c705ff0000000000', 'd7ff00003e806955b900'],
  ...['c70cff00000000000007dba8218001', 'd7ffee6b28006955b900'],
  // A key that is a number; the key __proto__; not UTF-8: cut, overlong, a surrogate, past U+10FFFF.
  ...['81c0c0', '810102', '81a95f5f70726f746f5f5fc0', 'a1ff', 'a1c3', 'a2c080', 'a3eda080', 'a4f4908080'],
  // 101 arrays in each other.
  `${'91'.repeat(100)}90`,
]

export function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}
