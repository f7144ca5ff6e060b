// Starts the console, and says in words how far it is or why it cannot start.

/** A network that is merely slow deserves a word after this long. */
const SLOW_MS = 4000;
/** By then what the person came for stands, as a rule. */
const REST_MS = 5000;

const { js, wasm, parts } = document.querySelector("script[data-wasm]").dataset;
const boot = document.getElementById("boot");
const says = document.getElementById("boot-says");

class Cause extends Error {}

/** As `src/screens.rs` has it: in which part a screen is. */
function partOf(screen, id, what) {
  if (what === "compare" || (screen === "workflows" && id)) return "workflow";
  if (screen === "runs" && id) return "run";
  return ["runs", "command-center", "bulk"].includes(screen) ? "lists" : "rest";
}

/** Asks for the screen's own part at once: the console would only know of it when it runs. */
function fetchAhead() {
  const [, , , screen, id, what] = location.pathname.split("/");
  for (const file of JSON.parse(parts ?? "{}")[partOf(screen, id, what)] ?? []) {
    const link = document.createElement("link");
    Object.assign(link, { rel: "preload", as: "fetch", type: "application/wasm", crossOrigin: "anonymous" });
    link.href = new URL(file, new URL(js, location.href));
    document.head.append(link);
  }
}

/**
 * Fetches the other screens, so that they open at once, and open at all when the server is away: a report can then still be
 * written, and a report's file read.
 */
async function fetchRest() {
  if (navigator.connection?.saveData) return;
  for (const file of new Set(Object.values(JSON.parse(parts ?? "{}")).flat())) {
    await fetch(new URL(file, new URL(js, location.href)), { priority: "low" })
      .then((response) => response.arrayBuffer())
      .catch(() => null);
  }
}

async function start() {
  if (typeof WebAssembly !== "object") {
    throw new Cause("This browser has no WebAssembly, or it is switched off. Switch it on for this address, or use another browser.");
  }
  // Both at once: the page has already asked for them.
  const [glue, response] = await Promise.all([
    import(js).catch(() => unreachable(js)),
    fetch(wasm, { credentials: "same-origin" }).catch(() => unreachable(wasm)),
  ]);
  if (!response.ok) {
    throw new Cause(
      response.status === 404
        ? "The console was updated while this page was loading. Reload to get the new one."
        : `The server answered ${response.status} for ${wasm}. Reload; if it stays, look at the server's log.`,
    );
  }
  await glue.default({ module_or_path: response });
}

/** A missing script and a missing network look the same to `import`; asking again tells them apart. */
async function unreachable(file) {
  const found = await fetch(file, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (found?.status === 404) {
    throw new Cause("The console was updated while this page was loading. Reload to get the new one.");
  }
  throw new Cause(
    navigator.onLine
      ? "The server does not answer. Is it running? Reload once it is."
      : "This computer is offline. Connect, then reload.",
  );
}

function fail(error) {
  const known = error instanceof Cause;
  const headline = document.createElement("h1");
  headline.textContent = "The console could not start";
  const why = document.createElement("p");
  why.textContent = known
    ? error.message
    : "It stopped while starting. Reload; if it happens again, report the text below.";
  const parts = [headline, why];
  if (!known) {
    const detail = document.createElement("pre");
    detail.textContent = String(error?.stack ?? error);
    parts.push(detail);
  }
  const reload = document.createElement("button");
  reload.type = "button";
  reload.textContent = "Reload";
  reload.addEventListener("click", () => location.reload());
  parts.push(reload);
  boot.setAttribute("role", "alert");
  boot.replaceChildren(...parts);
}

const slow = setTimeout(() => {
  says.textContent = "Still loading the console. The network is slow, or the server is busy.";
}, SLOW_MS);

try {
  fetchAhead();
  await start();
  boot.remove();
  setTimeout(fetchRest, REST_MS);
} catch (error) {
  fail(error);
} finally {
  clearTimeout(slow);
}
