import type { Mutant } from '../mutant.ts'

const VERDICT = 'tools/drill/verdict'
const REPORT = 'tools/drill/drill-report'
const DRILL = 'tools/drill/recovery-drill'
const EVIDENCE = 'src/evidence/write-evidence'

/** Drills, their evidence, and what a restore asks of a state before it is put in place. */
export const DRILL_MUTANTS: readonly Mutant[] = [
  {
    name: 'a recovery that took too long passes',
    rule: 'drill',
    file: VERDICT,
    find: 'if (rtoSeconds > maxRtoSeconds)',
    replace: 'if (rtoSeconds > maxRtoSeconds + 0.01)',
    tests: ['drill/verdict'],
  },
  {
    name: 'a rebuilt state that is another one passes',
    rule: 'drill',
    file: VERDICT,
    find: 'if (!stateEqual)',
    replace: 'if (false)',
    tests: ['drill/verdict'],
  },
  {
    name: 'a record that nobody sent passes, as nothing is lost',
    rule: 'drill',
    file: VERDICT,
    find: 'problem !== null && rpoEvents === 0',
    replace: 'false',
    tests: ['drill/verdict'],
  },
  {
    name: 'damage that verify did not find passes',
    rule: 'drill',
    file: VERDICT,
    find: 'if (damageFound < damageMade)',
    replace: 'if (false)',
    tests: ['drill/verdict'],
  },
  {
    name: 'the time that is told ends with the kill',
    rule: 'drill',
    file: DRILL,
    find: 'const rtoSeconds = watch.seconds;',
    replace: 'const rtoSeconds = watch.steps[0].seconds;',
    tests: ['tools/drill'],
  },
  {
    name: 'acknowledged events that are lost are not counted',
    rule: 'drill',
    file: DRILL,
    find: 'lost: rpoEvents } = audit',
    replace: 'rpoEvents = 0 } = audit',
    tests: ['tools/drill'],
  },
  {
    name: 'the evidence of a drill says that it took no time',
    rule: 'evidence',
    file: REPORT,
    find: 'failureMs + Math.round(rtoSeconds * 1000)',
    replace: 'failureMs',
    tests: ['drill/verdict'],
  },
  {
    name: 'the evidence says that every drill passed',
    rule: 'evidence',
    file: EVIDENCE,
    find: "drill.passed ? 'pass' : 'fail'",
    replace: "'pass'",
    tests: ['drill/verdict'],
  },
  {
    name: 'the evidence has whole seconds only',
    rule: 'evidence',
    file: EVIDENCE,
    find: '(recoveryCompleteMs - failureStartMs) / 1000',
    replace: 'Math.floor((recoveryCompleteMs - failureStartMs) / 1000)',
    tests: ['drill/verdict', 'evidence/write'],
  },
  {
    name: 'a text of two lines gets into the evidence',
    rule: 'evidence',
    file: EVIDENCE,
    find: ' || hasLineEnd(value)',
    replace: '',
    tests: ['evidence/write'],
  },
  {
    name: 'a state that is not consistent is put in place',
    rule: 'restore',
    file: 'tools/service/check-restored',
    find: 'if (errors.length === 0)',
    replace: 'if (true)',
    tests: ['tools/restore-state'],
  },
  {
    name: 'a restored log is put in place uninspected',
    rule: 'restore',
    file: 'src/archive/restore-run',
    find: 'await request.inspect(staging.path, plan.firstLsn);',
    replace: '',
    tests: ['tools/restore-state'],
  },
  {
    name: 'retention gives up what is not archived',
    rule: 'R6',
    file: 'src/wal/log-needs',
    find: 'if (hasArchive)',
    replace: 'if (false)',
    tests: ['operation/week'],
  },
  {
    name: 'a restore takes one record too many',
    rule: 'restore',
    file: 'src/archive/restore-run',
    find: 'Math.min(this.target.lsn, endLsn)',
    replace: 'Math.min(this.target.lsn + 1, endLsn)',
    tests: ['operation/week'],
  },
]
