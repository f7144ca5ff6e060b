// Journals of any size, as lines for the import route: a run that a runtime could have executed, whose last step failed.

/** How many steps, edges and events a journal has. At least two events a step and ten more. */
export interface Shape {
  steps: number;
  edges: number;
  events: number;
}

/** What the failed step says. */
export const FAILURE = "the price list has no article A-17";
/** Steps of which each depends on those before them only. */
const NEAR = 200;
/** Of these many steps one is an agent that says a lot. */
const AGENT_EVERY = 10;
const BEGAN = Date.UTC(2026, 0, 5, 8);

const id = (at: number): string => `s${at}`;
export const stepName = (at: number): string => `Ledger ${at}`;

/** The journal's lines, each with its line end. */
export function* journal(shape: Shape): Generator<string> {
  const { steps, events } = shape;
  let seq = 0;
  const line = (event: object): string => {
    seq += 1;
    return `${JSON.stringify({ seq, at: new Date(BEGAN + seq * 20).toISOString(), event })}\n`;
  };
  yield line({
    type: "run_created",
    run: "run_00000000000000000000000000",
    workflow: { id: "wf_measured", version: 1, name: "Close the books" },
    definition: { name: "Close the books", steps: definition(shape) },
    input: {},
    title: "Close the books",
    queue: "default",
    environment: "production",
    trigger: "manual",
    belongs: {},
  });
  yield line({ type: "run_queued", reason: "capacity" });
  yield line({ type: "run_dequeued", worker: "local" });
  // What is left over is said by the agents, the first ones one event more.
  const agents = Math.ceil(steps / AGENT_EVERY);
  const said = events - 4 - 2 * steps;
  for (let at = 0; at < steps; at += 1) {
    const key = { path: id(at), attempt: 1, try: 1 };
    yield line({ type: "step_started", ...key, input: { page: at }, effect: "read" });
    if (at % AGENT_EVERY === 0) {
      const own = Math.floor(said / agents) + (at / AGENT_EVERY < said % agents ? 1 : 0);
      for (let entry = 0; entry < own; entry += 1) {
        yield line({ type: "step_transcript", ...key, entries: [{ entry: "message", role: "assistant", text: `Page ${entry} of ledger ${at} adds up.` }] });
      }
    }
    if (at + 1 < steps) {
      yield line({ type: "step_completed", ...key, output: { total: at } });
      continue;
    }
    const failure = { code: "LUA_SCRIPT_FAILED", message: FAILURE };
    yield line({ type: "step_failed", ...key, failure });
    yield line({ type: "run_failed", step: key.path, failure });
  }
}

function definition({ steps, edges }: Shape): object[] {
  // The same numbers each time: measurements are compared.
  let state = 1;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  let left = edges;
  return Array.from({ length: steps }, (_, at) => {
    const wanted = Math.min(at, Math.ceil(left / (steps - at)));
    const before = new Set<number>();
    while (before.size < wanted) before.add(at - 1 - random(Math.min(at, NEAR)));
    left -= before.size;
    const step = { id: id(at), name: stepName(at), depends_on: [...before].map(id) };
    return at % AGENT_EVERY === 0
      ? { ...step, type: "agent_call", prompt: "Add up the ledger." }
      : { ...step, type: "lua_script", script: "return 1" };
  });
}
