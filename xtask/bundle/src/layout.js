// Lays out a large graph beside the page. What comes and goes is described in `crates/layout/src/wire.rs`; the functions that are
// not here are the glue of the worker's wasm, which `xtask/bundle` adds below.
const file = fetch(new URL("layout_worker_bg.wasm", import.meta.url));
const imports = { "./layout_worker_bg.js": { __wbindgen_init_externref_table } };
const ready = WebAssembly.instantiateStreaming(file, imports).then(({ instance }) => {
  __wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
});

onmessage = async ({ data }) => {
  try {
    await ready;
    postMessage(lay_out(data[0], data.subarray(1)));
  } catch {
    // The page lays it out itself.
    postMessage(null);
  }
};

// A module, whose names are its own: what makes it small shortens them.
export {};

