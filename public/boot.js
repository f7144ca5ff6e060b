// Starts the console, and says in words how far it is or why it cannot start.

/** A network that is merely slow deserves a word after this long. */
const SLOW_MS = 4000;
/** By then what the person came for stands, as a rule. */
const REST_MS = 5000;
/** No page takes longer to stand once the console runs. */
const STANDS_MS = 10_000;
/** So long a console that is here waits for the few words that are read before it stands. */
const WORDS_MS = 400;

const { js, wasm, parts } = document.querySelector("script[data-wasm]").dataset;
const boot = document.getElementById("boot");
const says = document.getElementById("boot-says");

class Cause extends Error {}

function made(tag, className, ...inside) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...inside);
  return element;
}

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

/**
 * A run that stopped says where and why before the console is here: that is what a person opens it for. In the words and the
 * looks of the page that follows; what can be done comes with it. Whether there was something to say.
 */
async function sayWhy() {
  const [, tenant, project, screen, id, what] = location.pathname.split("/");
  if (screen !== "runs" || !id || what) return false;
  const headers = { "X-Tenant-Id": tenant, "X-Project-Id": project };
  const answer = await fetch(`/v1/runs/${id}/summary`, { headers, priority: "high" });
  const run = answer.ok ? (await answer.json()).row : {};
  const [word, tone] = { failed: ["Failed", "tone-fail"], interrupted: ["Interrupted", "tone-block"] }[run.status] ?? [];
  // Meanwhile the page may stand, or the console may not have started.
  if (!word || !run.failure || !boot.isConnected || boot.hasAttribute("role")) return false;
  const workflow = made("p", "run__sub", `${run.workflow_name} v${run.workflow_version}`);
  const where = made("span", "stop__what", run.step_name ? `${word} at ${run.step_name}` : word);
  const line = made("p", "stop__line", where, made("code", "code-word", run.failure.code));
  const body = made("div", "stop__body", line, made("p", "stop__why", run.failure.message));
  boot.classList.add("boot--why");
  boot.prepend(made("header", "", made("h1", "", run.title), workflow), made("section", `stop ${tone}`, body));
  says.textContent = "Loading the rest of the page…";
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  return true;
}

/** The page has its heading: by then it says what was said early. */
function stands() {
  return new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector("main:not(#boot) h1")) return;
      watch.disconnect();
      resolve();
    };
    const watch = new MutationObserver(look);
    watch.observe(document.body, { childList: true, subtree: true });
    setTimeout(resolve, STANDS_MS);
    look();
  });
}

async function start(said) {
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
  await Promise.race([said, new Promise((over) => setTimeout(over, WORDS_MS))]);
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
  const headline = made(boot.querySelector("h1") ? "h2" : "h1", "", "The console could not start");
  const why = known
    ? error.message
    : "It stopped while starting. Reload; if it happens again, report the text below.";
  const parts = [headline, made("p", "", why)];
  if (!known) parts.push(made("pre", "", String(error?.stack ?? error)));
  const reload = made("button", "", "Reload");
  reload.type = "button";
  reload.addEventListener("click", () => location.reload());
  parts.push(reload);
  boot.setAttribute("role", "alert");
  says.replaceWith(...parts);
}

const slow = setTimeout(() => {
  says.textContent = "Still loading the console. The network is slow, or the server is busy.";
}, SLOW_MS);

try {
  // In front of all the files, which take every connection. What is not said early is said by the page.
  const said = sayWhy().catch(() => false);
  fetchAhead();
  await start(said);
  // The console speaks from here on; what covers it is only seen.
  boot.setAttribute("aria-hidden", "true");
  await Promise.race([said.then((some) => some && stands()), stands()]);
  boot.remove();
  setTimeout(fetchRest, REST_MS);
} catch (error) {
  fail(error);
} finally {
  clearTimeout(slow);
}
