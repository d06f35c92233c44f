import type { ChartConfiguration } from 'chart.js'

/**
 * Of a browser, what the page's script uses. The compiler's own library of the DOM would let all of the project use names
 * that Node does not have.
 */
export interface Browser {
  readonly document: Page
  readonly Chart: ChartClass
  readonly getComputedStyle: (element: Element) => { getPropertyValue(name: string): string }
  readonly matchMedia: (query: string) => Listening & { readonly matches: boolean }
  readonly addEventListener: Listening['addEventListener']
}

export interface Page {
  readonly documentElement: Element
  querySelector(selector: string): Element | null
  querySelectorAll(selector: string): Iterable<Element>
}

/** As one for all: the script knows which element it asked for. */
export interface Element extends Listening {
  textContent: string
  /** Of a `select`. */
  value: string
  /** Of `details`. */
  open: boolean
  /** Of a link. */
  href: string
  readonly dataset: Record<string, string>
  readonly style: { minHeight: string }
  readonly classList: { add(name: string): void; remove(name: string): void }
  setAttribute(name: string, value: string): void
  querySelector(selector: string): Element | null
}

export interface Listening {
  addEventListener(event: string, listener: () => void): void
}

export interface ChartClass {
  new (canvas: Element, configuration: ChartConfiguration): { destroy(): void }
  readonly defaults: { readonly font: object }
}
