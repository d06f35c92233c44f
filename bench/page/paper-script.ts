/**
 * Runs in the reader's browser, ahead of `plot-script.ts`, so that its listeners are the first: when the plots are drawn
 * for the printer, the style sheet already has the colours of paper.
 */
import type { Browser } from './browser.ts'

const browser = globalThis as unknown as Browser
const { document } = browser
const root = document.documentElement

linkToResult()
preparePrint()

/** The whole result, for who wants to draw or compare it otherwise. */
function linkToResult(): void {
  const blob = new Blob([document.querySelector('#result')!.textContent], { type: 'application/json' })
  document.querySelector('#save')!.href = URL.createObjectURL(blob)
}

/** Paper is white, and can not be unfolded. */
function preparePrint(): void {
  const details = [...document.querySelectorAll('details')]
  let wereOpen: boolean[] = []
  browser.addEventListener('beforeprint', () => {
    wereOpen = details.map(({ open }) => open)
    for (const one of details) one.open = true
    root.classList.add('paper')
  })
  browser.addEventListener('afterprint', () => {
    for (const [at, one] of details.entries()) one.open = wereOpen[at]!
    root.classList.remove('paper')
  })
}
