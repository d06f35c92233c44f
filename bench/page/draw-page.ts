import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { aboutRun, warnings } from '../report/about-run.ts'
import { claimCount, skippedTable } from '../report/result-tables.ts'
import type { BenchResult, Claim } from '../result.ts'
import { dataScript, html, Markup, runningScript } from './html.ts'
import type { Plot } from './plot.ts'
import { type Section, sectionsOf } from './sections.ts'
import { STYLE } from './style.ts'
import { plainTable, tableMarkup } from './table-markup.ts'

/** Of the plotting library, the script for browsers, which its package has beside the file that `require` takes. */
const CHART = new URL('./chart.umd.min.js', pathToFileURL(createRequire(import.meta.url).resolve('chart.js')))
const SCRIPTS = [CHART, new URL('./paper-script.js', import.meta.url), new URL('./plot-script.js', import.meta.url)]

/**
 * The result as one HTML file, which loads nothing: the plotting library, the plots and the result itself are in it.
 */
export function drawPage(result: BenchResult): string {
  const sections = sectionsOf(result)
  const scripts = SCRIPTS.map(readScript)
  const plots = sections.flatMap((section) => section.plots)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policyFor(scripts)}">
<title>ringwal benchmark, ${result.started.slice(0, 10)}</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLE)}</style>
</head>
<body>
${header(result, sections)}
<main>
${result.claims.length > 0 ? claimsSection(result.claims) : ''}
${sections.map(sectionMarkup)}
${result.skipped.length > 0 ? skippedSection(result) : ''}
</main>
<footer><p><a id="save" download="ringwal-bench.json">Save the result as JSON</a></p></footer>
${dataScript('plots', plots)}
${dataScript('result', result)}
${scripts.map(runningScript)}
</body>
</html>
`
  return page.text
}

/** Without the address of a source map, for which a browser's tools would look. */
function readScript(file: URL): string {
  return readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '')
}

/** Nothing is fetched, and no script runs but these: whatever a hostile result holds. */
function policyFor(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  return `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src ${hashes.join(' ')}`
}

function header(result: BenchResult, sections: readonly Section[]): Markup {
  const facts = aboutRun(result).map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)
  const links = sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)
  const claims = result.claims.length > 0 ? [html`<a href="#claims">Claims</a>`] : []
  return html`<header>
<h1>ringwal benchmark</h1>
<p class="lead">What the write-ahead log does on this machine and this disk, beside the same disk without a log and beside
its peers. Lines and bars are medians; the thin strokes through them reach from the lowest to the highest run.</p>
<dl class="facts">
${facts}
</dl>
${warnings(result).map((text) => html`<p class="warning">${text}</p>`)}
<noscript><p class="warning">Without scripts there are no plots; every figure stands in the tables.</p></noscript>
<nav aria-label="Sections">${[...claims, ...links]}</nav>
</header>`
}

function claimsSection(claims: readonly Claim[]): Markup {
  const rows = claims.map(({ name, target, measured, holds }) => {
    const mark = holds ? html`<span class="mark holds">✓ holds</span>` : html`<span class="mark missed">✗ missed</span>`
    return html`<tr><td>${mark}</td><td>${name}</td><td data-label="asked: ">${target}</td><td data-label="measured: ">${measured}</td></tr>`
  })
  return html`<section id="claims">
<h2>Claims</h2>
<p class="intro">${claimCount(claims)} in this run.</p>
<div class="card scroll" role="region" aria-label="Claims" tabindex="0"><table>
<thead><tr><th scope="col"></th><th scope="col">claim</th><th scope="col">asked</th><th scope="col">measured</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
</section>`
}

function sectionMarkup({ id, title, intro, plots, tables }: Section): Markup {
  const open = plots.length === 0 ? new Markup(' open') : ''
  const figures = html`<details${open}><summary>Figures</summary><div class="card">${tables.map(tableMarkup)}</div></details>`
  return html`<section id="${id}">
<h2>${title}</h2>
<p class="intro">${intro}</p>
<div class="plots">
${plots.map(plotMarkup)}
</div>
${tables.length > 0 ? figures : ''}
</section>`
}

function plotMarkup({ id, title, views }: Plot): Markup {
  const [first] = views
  const options = views.map(({ name }, at) => html`<option value="${at}">${name}</option>`)
  const choice = html`<select aria-label="What to show of: ${title}">${options}</select>`
  return html`<figure class="plot" data-plot="${id}">
<figcaption><h3>${title}</h3>${views.length > 1 ? choice : ''}<p class="reading" aria-live="polite">${first!.reading}</p></figcaption>
<div class="canvas"><canvas role="img" aria-label="${title}"></canvas></div>
</figure>`
}

function skippedSection({ skipped }: BenchResult): Markup {
  return html`<section id="skipped">
<h2 id="skipped-title">Not measured</h2>
<div class="card">${plainTable(skippedTable(skipped), 'skipped-title')}</div>
</section>`
}
