/** Whether code may be made of strings: not under `--disallow-code-generation-from-strings`. */
export function mayCompile(): boolean {
  try {
    return new Function('return true')() === true
  } catch {
    return false
  }
}
