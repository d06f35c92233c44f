/** Records in each batch of a producer that is to be killed. */
export const BATCH = 40
