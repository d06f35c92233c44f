/**
 * For the threads of a pool. Piscina first calls `require` for their file, which since Node 20.19 loads an ES module too; but Node
 * 20.20 aborts the whole process if a thread is ended just then (`CreateRequiredModuleFacade`). A module that awaits is refused
 * there, before that point, and then imported, as it should be.
 */
await Promise.resolve()
