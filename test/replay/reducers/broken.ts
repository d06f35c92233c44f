/** A module that can not be loaded. */
throw new Error('not today')

export {}
