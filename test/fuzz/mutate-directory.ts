/** Changes to the files of a log's directory: names, kinds, order, strangers. */
import { parseSegmentName, segmentName } from '../../src/format/index.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import type { FuzzFile } from './fuzz-log.ts'
import { anyDigits } from './numbers.ts'

const STRANGERS: readonly string[] = [
  'LOCK',
  'repair-report.json',
  '00000000000000000001.rwal\n',
  '00000000000000000001.RWAL',
  '\u001b[2J00000000000000000001.rwal',
  '-00000000000000000001.rwal',
  '00000000000000000000.rwal',
  '99999999999999999999.rwal',
  '00009007199254740992.rwal',
  '00009007199254740991.rwal',
  '٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٢.rwal',
]

/** The files may become none, never too many. */
export function mutateDirectory(files: FuzzFile[], random: SeededRandom): void {
  const index = random.below(files.length)
  const file = files[index]
  if (file === undefined) return
  const number = parseSegmentName(file.name) ?? 1
  const draw = random.below(10)
  if (draw < 2) file.name = `${anyDigits(random, number)}.rwal`
  else if (draw < 3) file.name = random.pick(STRANGERS)
  else if (draw < 4) files.splice(index, 1)
  else if (draw < 5) files.push({ ...file, name: segmentName(number + random.between(1, 3)) })
  else if (draw < 6) files.push({ ...file, name: random.pick(STRANGERS) })
  else if (draw < 7) file.kind = random.pick(['directory', 'link', 'other'])
  else if (draw < 8) swapNames(file, random.pick(files))
  else if (draw < 9) file.bytes = file.bytes.subarray(0, random.below(file.bytes.length + 1))
  else file.bytes = new Uint8Array(random.pick([0, 1, 4095, 4096, 8192]))
}

function swapNames(one: FuzzFile, two: FuzzFile): void {
  const { name } = one
  one.name = two.name
  two.name = name
}
