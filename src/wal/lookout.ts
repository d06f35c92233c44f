/** Longer than a sync on a fast disk takes. */
const LOOK_MS = 0.5
/** Looks between two readings of the time. */
const TURNS = 16
/** A longer time between two readings means that another thread had the core for its slice. */
const GAP_MS = 0.5
/** Waits that go without, once the cores were found busy. */
const WAITS_WITHOUT = 64

/**
 * Looking out for a while before going to sleep. The wake-up that it saves can take half as long as the sync that is waited
 * for; but it pays only where a core is free. Who is found to have been pushed off it goes without for the next waits, as
 * the thread that it waits for may need just that core.
 */
export class Lookout {
  private waitsWithout = 0

  /** Blocks this thread until `condition` holds. @returns whether it does */
  until(condition: () => boolean): boolean {
    if (this.waitsWithout > 0) {
      this.waitsWithout--
      return false
    }
    const began = performance.now()
    for (let last = began; last - began < LOOK_MS; ) {
      for (let turn = 0; turn < TURNS; turn++) if (condition()) return true
      const now = performance.now()
      if (now - last > GAP_MS) {
        this.waitsWithout = WAITS_WITHOUT
        return false
      }
      last = now
    }
    return false
  }

  /**
   * The same for a thread that must not block: asks in each turn of its event loop, in which everything else goes on. Who
   * waited in vain goes without for the next waits, too: under `interval` nearly everybody would.
   * @param otherwise called if `condition` did not hold in time; at once, if this wait goes without
   */
  inTurns(condition: () => boolean, otherwise: () => void): void {
    if (this.waitsWithout > 0) {
      this.waitsWithout--
      otherwise()
      return
    }
    const began = performance.now()
    let last = began
    const turn = (): void => {
      if (condition()) return
      const now = performance.now()
      const goesOn = now - began < LOOK_MS && now - last <= GAP_MS
      last = now
      if (goesOn) {
        setImmediate(turn)
      } else {
        this.waitsWithout = WAITS_WITHOUT
        otherwise()
      }
    }
    setImmediate(turn)
  }
}
