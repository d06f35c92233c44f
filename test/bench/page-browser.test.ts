import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { drawPage } from '../../bench/page/draw-page.ts'
import { sectionsOf } from '../../bench/page/sections.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { sampleResult } from './sample-result.ts'

const BROWSER = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`).find(existsSync)
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--allow-file-access-from-files',
  '--enable-logging=stderr',
  '--virtual-time-budget=3000',
  '--dump-dom',
]

/**
 * Looks into the page from outside, so that the page itself is the one that a reader gets: it chooses each view in turn,
 * and counts the pixels that have the colour of the first series, which is drawn over the others.
 */
const PROBE = `<iframe src="page.html" width="1200" height="8000"></iframe><pre></pre><script>
onload = () => {
  const { contentDocument: page, contentWindow: frame } = document.querySelector('iframe')
  const style = frame.getComputedStyle(page.documentElement)
  const seen = JSON.parse(page.querySelector('#plots').textContent).map(({ id, views }) => {
    const figure = page.querySelector('[data-plot=' + id + ']')
    return { id, views: views.map(({ series }, at) => look(figure, at, style.getPropertyValue('--' + series[0].colour))) }
  })
  document.querySelector('pre').textContent = 'probe:' + encodeURIComponent(JSON.stringify(seen)) + ':end'
}
function look(figure, view, colour) {
  const select = figure.querySelector('select')
  if (select !== null) {
    select.value = view
    select.dispatchEvent(new Event('change'))
  }
  const canvas = figure.querySelector('canvas')
  const wanted = pixels(1, 1, (context) => {
    context.fillStyle = colour
    context.fillRect(0, 0, 1, 1)
  })[0]
  const drawn = pixels(canvas.width, canvas.height, (context) => context.drawImage(canvas, 0, 0))
  return { label: canvas.getAttribute('aria-label'), painted: drawn.filter((pixel) => pixel === wanted).length }
}
function pixels(width, height, paint) {
  const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d')
  paint(context)
  return new Uint32Array(context.getImageData(0, 0, width, height).data.buffer)
}
</script>`

interface Seen {
  readonly id: string
  readonly views: readonly { readonly label: string; readonly painted: number }[]
}

describe('the page in a browser', () => {
  const where = BROWSER === undefined ? ' (SKIPPED: there is no Chromium in /usr/bin)' : ''
  it.skipIf(BROWSER === undefined)(`draws every view of every plot, and complains of nothing${where}`, () => {
    const dir = temporaryDirectory()
    const sample = sampleResult()
    writeFileSync(join(dir, 'page.html'), drawPage(sample))
    writeFileSync(join(dir, 'probe.html'), PROBE)
    const args = [...FLAGS, `--user-data-dir=${join(dir, 'profile')}`, `file://${join(dir, 'probe.html')}`]
    const { stdout, stderr } = spawnSync(BROWSER!, args, { encoding: 'utf8', timeout: 25_000 })
    expect(stderr.split('\n').filter((line) => line.includes('CONSOLE'))).toEqual([])
    const [, found = ''] = stdout.match(/probe:(\S+):end/) ?? []
    const seen = JSON.parse(decodeURIComponent(found)) as Seen[]
    const plots = sectionsOf(sample).flatMap((section) => section.plots)
    const labels = plots.map(({ id, title, views }) => {
      return { id, labels: views.map(({ name, reading }) => `${title}, ${name}. ${reading}`) }
    })
    expect(seen.map(({ id, views }) => ({ id, labels: views.map(({ label }) => label) }))).toEqual(labels)
    for (const { label, painted } of seen.flatMap(({ views }) => views)) expect(painted, label).toBeGreaterThan(40)
  })
})
