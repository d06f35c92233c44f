/** The trading reducer for who wants every record counted: those of other types are handed over too, and counted as ignored. */
export { apply, init, label, merge, restore, snapshot } from './reducer.ts'
