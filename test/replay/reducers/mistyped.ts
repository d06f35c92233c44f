/** No reducer: its types are none. */
export const init = (): number => 0
export const apply = (): void => {}
export const merge = (): number => 0
export const types: readonly unknown[] = [1, '2']
