import type { TestContext } from 'vitest'

/** Skips a test, and says so where nobody overlooks it: a reporter that is brief shows no reasons. */
export function skipAloud(ctx: TestContext, reason: string): never {
  console.warn(`not tried: ${ctx.task.name}: ${reason}`)
  return ctx.skip(reason)
}
