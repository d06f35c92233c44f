import type { Table } from '../report/table.ts'
import { html, type Markup } from './html.ts'

/** A table as HTML under its title. */
export function tableMarkup(table: Table): Markup {
  const { id, title, note } = table
  const below = note === '' ? '' : html`<p class="note">${note}</p>`
  return html`<h3 class="name" id="table-${id}">${title}</h3>${below}
${plainTable(table, `table-${id}`)}`
}

/** In a box of its own that scrolls where it is too wide, without the title: `labelId` is the heading that has it. */
export function plainTable({ columns, rows }: Table, labelId: string): Markup {
  const heads = columns.map(({ head, kind }) => html`<th scope="col" class="${kind}">${head}</th>`)
  const body = rows.map((row) => {
    const cells = row.map((cell, at) => html`<td class="${columns[at]!.kind}">${cell}</td>`)
    return html`<tr>${cells}</tr>`
  })
  return html`<div class="scroll" role="region" aria-labelledby="${labelId}" tabindex="0"><table aria-labelledby="${labelId}">
<thead><tr>${heads}</tr></thead>
<tbody>
${body}
</tbody></table></div>`
}
