/** JSON of maps too, whose members keep their order whatever their names; a bigint is written as the integer that it is. */
export function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (Object.is(value, -0)) return '-0.0'
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = value instanceof Map ? [...value] : Object.entries(value)
  return `{${members.map(([name, member]) => `${JSON.stringify(String(name))}:${jsonText(member)}`).join(',')}}`
}
