/** Titles of the pages as links name them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../kernels/build-kernels.ts'

const TOOLS = join(ROOT, 'tools')

/** The pages of the operator's runbook, as paths from tools/: the index first. */
export const RUNBOOK_PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(join(TOOLS, 'runbook'))
    .sort()
    .map((name) => `runbook/${name}`),
]

/** The text of a page of tools/. */
export function pageOf(name: string): string {
  return readFileSync(join(TOOLS, name), 'utf8')
}

/** Whether a link of a page of tools/ leads to a file, and to a title in it, if it names one. */
export function leadsSomewhere(page: string, target: string): boolean {
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? join(TOOLS, page) : join(dirname(join(TOOLS, page)), file)
  if (!existsSync(path)) return false
  return anchor === undefined || anchorsOf(readFileSync(path, 'utf8')).has(anchor)
}

/** The anchors that GitHub gives to titles. */
function anchorsOf(page: string): Set<string> {
  const titles = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title!.toLowerCase())
  return new Set(titles.map((title) => title.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')))
}
