/** The exit codes of every command. */

/** It ran, and the answer is yes. */
export const EXIT_FINE = 0
/** It ran, and the answer is no: damage was found, input was skipped. */
export const EXIT_NO = 1
/** It could not run, or not to its end. */
export const EXIT_CANNOT = 2
