/** The alert rules and the dashboard ask for nothing that a log does not tell. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Wal } from '../../src/index.ts'
import { plainReadings } from '../../src/metrics/histogram-series.ts'
import { metricsOf } from '../../src/metrics/index.ts'
import { ROOT } from '../kernels/build-kernels.ts'
import { temporaryPaths } from './cli.ts'
import { leadsSomewhere } from './page-anchors.ts'

const FOLDER = join(ROOT, 'tools', 'observability')

const path = temporaryPaths()
const wal = await Wal.open({ dir: path() })
const READINGS = plainReadings(metricsOf(wal))
await wal.close()

const NAMES = new Set(READINGS.map(({ name }) => name))
const LABELS = new Set(READINGS.flatMap(({ samples }) => samples.flatMap(({ labels }) => Object.keys(labels))))
const STATES = new Set(READINGS.flatMap(({ samples }) => samples.flatMap(({ labels }) => labels['state'] ?? [])))
const COUNTERS = new Set(READINGS.filter(({ type }) => type === 'counter').map(({ name }) => name))
const WORDS = new Set(['and', 'rate', 'increase', 'changes', 'predict_linear', 'histogram_quantile'])

/** What is wrong with an expression, as far as that shows without Prometheus. */
function complaints(expression: string): string[] {
  const found: string[] = []
  const matchers = /\{([^}]*)\}/g
  for (const [, inside] of expression.matchAll(matchers))
    for (const matcher of inside!.split(',')) {
      const [, label, value] = /^(\w+)=~?"([^"]*)"$/.exec(matcher) ?? []
      if (label === undefined || !LABELS.has(label)) found.push(`label ${matcher}`)
      if (label === 'state' && !STATES.has(value!)) found.push(`state ${value}`)
    }
  const bare = expression.replace(matchers, '')
  for (const [, name] of bare.replace(/\[[^\]]*\]/g, '').matchAll(/([a-z_][a-z0-9_]*)/gi))
    if (!NAMES.has(name!) && !WORDS.has(name!)) found.push(`name ${name}`)
  for (const [, call, name] of bare.matchAll(/(\w+)\((\w+)\[/g))
    if (/^(rate|increase)$/.test(call!) !== COUNTERS.has(name!)) found.push(`${call} of ${name}`)
  if (bare.split('(').length !== bare.split(')').length) found.push('parentheses')
  return found
}

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

const { groups } = parse(readFileSync(join(FOLDER, 'alerts.yml'), 'utf8')) as {
  groups: { name: string; rules: Rule[] }[]
}
const RULES = groups.flatMap(({ rules }) => rules)

describe('the check of an expression', () => {
  it.each([
    ['ringwal_appends == 0', 'name ringwal_appends'],
    ['ringwal_state{status="open"}', 'label status="open"'],
    ['ringwal_state{state="opened"}', 'state opened'],
    ['rate(ringwal_segments[5m])', 'rate of ringwal_segments'],
    ['changes(ringwal_appends_total[5m])', 'changes of ringwal_appends_total'],
    ['(ringwal_segments', 'parentheses'],
    ['sum(ringwal_segments)', 'name sum'],
  ])('finds what is wrong with %s', (expression, complaint) => {
    expect(complaints(expression)).toEqual([complaint])
  })
})

describe('the alert rules', () => {
  it('have a name each', () => {
    expect(RULES.length).toBeGreaterThan(8)
    expect(new Set(RULES.map(({ alert }) => alert)).size).toBe(RULES.length)
  })

  it.each(RULES.map((rule) => [rule.alert, rule] as const))(
    '%s can be loaded, and leads to the runbook',
    (alert, rule) => {
      expect(alert).toMatch(/^Ringwal[A-Za-z]+$/)
      expect(complaints(rule.expr)).toEqual([])
      expect(
        Object.keys(rule).filter((key) => !['alert', 'expr', 'for', 'labels', 'annotations'].includes(key)),
      ).toEqual([])
      expect(rule.for ?? '1m').toMatch(/^\d+[smhd]$/)
      expect(['critical', 'warning', 'info']).toContain(rule.labels['severity'])
      const { summary, runbook, description = '' } = rule.annotations
      expect(summary).toMatch(/\S.*\.$/)
      expect(runbook).toMatch(/#/)
      expect(leadsSomewhere('README.md', runbook!), runbook).toBe(true)
      for (const [, inside] of `${summary}${description}`.matchAll(/\{\{ (.*?) \}\}/g))
        expect(inside).toMatch(/^\$(labels\.dir|value( \| humanize(1024|Duration|Percentage))?)$/)
    },
  )

  it('watch over every state that takes no records, and over the disk', () => {
    const all = RULES.map(({ expr }) => expr).join('\n')
    for (const text of [
      'state="poisoned"',
      'state="observing"',
      'ringwal_disk_free_bytes',
      'ringwal_durable_lag_records',
    ])
      expect(all).toContain(text)
  })
})

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[]
}

interface Dashboard {
  readonly title: string
  readonly uid: string
  readonly schemaVersion: number
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] }
}

const DASHBOARD = JSON.parse(readFileSync(join(FOLDER, 'dashboard.json'), 'utf8')) as Dashboard

describe('the dashboard', () => {
  it('is one that Grafana imports', () => {
    expect(DASHBOARD).toMatchObject({ title: 'ringwal', uid: 'ringwal' })
    expect(DASHBOARD.schemaVersion).toBeGreaterThanOrEqual(36)
    expect(new Set(DASHBOARD.panels.map(({ id }) => id)).size).toBe(DASHBOARD.panels.length)
    expect(DASHBOARD.templating.list.map(({ name }) => name)).toEqual(['datasource', 'dir'])
    expect(DASHBOARD.templating.list[1]!.query).toBe('label_values(ringwal_state, dir)')
  })

  it.each(DASHBOARD.panels.filter(({ type }) => type !== 'row').map((panel) => [panel.title, panel] as const))(
    'shows %s by what a log tells',
    (_, { targets = [] }) => {
      expect(targets.length).toBeGreaterThan(0)
      for (const { expr } of targets) {
        expect(complaints(expr)).toEqual([])
        expect(expr).toContain('dir=~"$dir"')
      }
    },
  )

  it('has a place for each panel, and none over another', () => {
    const taken = new Set<string>()
    for (const { title, gridPos } of DASHBOARD.panels) {
      const { x, y, w, h } = gridPos
      expect(x + w).toBeLessThanOrEqual(24)
      for (let column = x; column < x + w; column++)
        for (let row = y; row < y + h; row++) {
          expect(taken.has(`${column},${row}`), title).toBe(false)
          taken.add(`${column},${row}`)
        }
    }
  })

  it('shows nearly all that a log tells', () => {
    const shown = JSON.stringify(DASHBOARD.panels)
    const left = [...NAMES].filter((name) => !shown.includes(name))
    expect(left.sort()).toEqual([
      'ringwal_durable_lsn',
      'ringwal_last_lsn',
      'ringwal_recovery_checked_bytes',
      'ringwal_sync_marks_total',
    ])
  })
})
