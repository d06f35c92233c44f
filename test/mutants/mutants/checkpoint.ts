import type { Mutant } from '../mutant.ts'

const WRITER = 'src/checkpoint/checkpoint-writer'
const FILES = 'src/checkpoint/checkpoint-files'
const KEEPER = 'src/wal/checkpoint-keeper'
const REPORT = 'src/replay/replay-report'

export const CHECKPOINT_MUTANTS: readonly Mutant[] = [
  {
    name: 'a checkpoint gets its name before it is durable',
    rule: 'R6',
    file: WRITER,
    find: 'fs.syncAll(file);',
    replace: '',
    tests: ['checkpoint/crash'],
  },
  {
    name: "a checkpoint's name is not made durable",
    rule: 'R6',
    file: WRITER,
    find: 'makeDurable();',
    replace: '',
    tests: ['checkpoint/crash'],
  },
  {
    name: 'a snapshot that does not verify is used',
    rule: 'R18',
    file: FILES,
    find: 'digest.value !== header.digest',
    replace: 'false',
    tests: ['checkpoint/replay'],
  },
  {
    name: 'a checkpoint may be longer than its header says',
    rule: 'R15',
    file: FILES,
    find: 'found !== size',
    replace: 'found < size',
    tests: ['checkpoint/replay'],
  },
  {
    name: 'a checkpoint may be ahead of the log',
    rule: 'R6',
    file: KEEPER,
    find: 'lsn > control.durable',
    replace: 'false',
    tests: ['checkpoint/crash'],
  },
  {
    name: 'one checkpoint less is kept',
    rule: 'R6',
    file: KEEPER,
    find: 'alike.slice(keep - 1)',
    replace: 'alike.slice(0)',
    tests: ['checkpoint/crash', 'checkpoint/replay'],
  },
  {
    name: 'records that no checkpoint has any more are not missed',
    rule: 'R13',
    file: REPORT,
    find: 'beginning.passedOver.length > 0 ? 0 : undefined',
    replace: 'undefined',
    tests: ['checkpoint/replay'],
  },
]
