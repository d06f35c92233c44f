import type { Context } from 'hono'
import { refuse } from './http-refusal.ts'

/** The parameters of a request's address, each at most once. @throws 400 for one of another name */
export function queryOf(context: Context, names: readonly string[]): Readonly<Record<string, string | undefined>> {
  const given = context.req.queries()
  for (const [name, values] of Object.entries(given)) {
    if (!names.includes(name) || values.length > 1) {
      throw refuse(400, `the parameter ${name} is not allowed here, or not more than once`, {
        field: name,
        allowed: names,
      })
    }
  }
  return context.req.query()
}
