/** A reducer that can not begin. */
export function init(): never {
  throw new Error('no beginning')
}
export const apply = (): void => {}
export const merge = (): number => 0
