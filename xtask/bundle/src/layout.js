// Lays out a large graph beside the page. What comes and goes is described in `crates/layout/src/wire.rs`.
import * as glue from "./layout_worker_bg.js";

const file = fetch(new URL("layout_worker_bg.wasm", import.meta.url));
const ready = WebAssembly.instantiateStreaming(file, { "./layout_worker_bg.js": glue }).then(({ instance }) => {
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start?.();
});

onmessage = async ({ data }) => {
  try {
    await ready;
    postMessage(glue.lay_out(data[0], data.subarray(1)));
  } catch {
    // The page lays it out itself.
    postMessage(null);
  }
};
