// Workflow documents that tests start.

import type { Tools } from "./tools";

/** Reads, then sends, then notes: one after the other. */
export function chain(tools: Tools): object {
  return {
    name: "Chain",
    steps: [
      { ...tools.step("first", "note"), name: "First" },
      { ...tools.step("second", "send"), name: "Second", depends_on: ["first"] },
      { ...tools.step("third", "note"), name: "Third", depends_on: ["second"] },
    ],
  };
}

/** A person decides between two notes. */
export function decision(tools: Tools, onReject: "run" | "branch"): object {
  return {
    name: "Decision",
    steps: [
      { ...tools.step("prepare", "note"), name: "Prepare" },
      {
        id: "decide",
        name: "Decide",
        type: "human_task",
        title: "Send the offer",
        assignee: "anyone in Sales",
        on_reject: onReject,
        depends_on: ["prepare"],
      },
      { ...tools.step("offer", "note"), name: "Offer", depends_on: ["decide"] },
      { ...tools.step("file", "note"), name: "File", depends_on: ["prepare"] },
    ],
  };
}
