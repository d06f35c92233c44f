/*
 * The little of WebAssembly that ringwal uses, typed here because neither Node's types nor plain ECMAScript ones name it.
 */

/** A shared `WebAssembly.Memory`: can be posted to another thread; its buffer is a page-aligned SharedArrayBuffer. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer
}

interface WebAssemblyApi {
  readonly Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => SharedMemory
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

const WASM_PAGE_BYTES = 65536

/** Makes a shared memory of at least `bytes`, rounded up to 64 KiB. It never grows. */
export function createSharedMemory(bytes: number): SharedMemory {
  const pages = Math.ceil(bytes / WASM_PAGE_BYTES)
  return new (api().Memory)({ initial: pages, maximum: pages, shared: true })
}

/** Whether this environment has shared memory (a browser page without cross-origin isolation has none). */
export function hasSharedMemory(): boolean {
  return typeof SharedArrayBuffer === 'function' && 'WebAssembly' in globalThis
}

const modules = new Map<string, object>()

/** Instantiates a kernel (base64 of a module that imports `env.memory`) over `memory`; compiles each kernel once a thread. */
export function instantiateKernel(base64: string, memory: SharedMemory): object {
  let module = modules.get(base64)
  if (module === undefined) {
    module = new (api().Module)(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
    modules.set(base64, module)
  }
  return new (api().Instance)(module, { env: { memory } }).exports
}

function api(): WebAssemblyApi {
  return (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly
}
