import type { SectionName } from '../options.ts'
import { appendCostSection } from './append-cost-section.ts'
import { diskSection } from './disk-section.ts'
import { latencySection } from './latency-section.ts'
import { lifetimeSection } from './lifetime-section.ts'
import { microSection } from './micro-section.ts'
import { openLoopSection } from './open-loop-section.ts'
import { openingSection } from './opening-section.ts'
import { peersSection } from './peers-section.ts'
import { readingSection } from './reading-section.ts'
import type { Section } from './section.ts'
import { throughputSection } from './throughput-section.ts'
import type { Workshop } from './workshop.ts'

type MakeSection = (shop: Workshop) => Section | undefined | Promise<Section | undefined>

const SECTIONS: Readonly<Record<SectionName, MakeSection>> = {
  throughput: throughputSection,
  'append-cost': appendCostSection,
  latency: latencySection,
  'open-loop': openLoopSection,
  disk: diskSection,
  lifetime: lifetimeSection,
  reading: readingSection,
  opening: openingSection,
  micro: microSection,
  peers: peersSection,
}

/** What the options ask for. A section that can not be measured here is left out, and said to be. */
export async function makeSections(shop: Workshop): Promise<Section[]> {
  const sections: Section[] = []
  for (const name of shop.options.sections) {
    const section = await SECTIONS[name](shop)
    if (section !== undefined) sections.push(section)
  }
  return sections
}
