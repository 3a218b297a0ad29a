import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SKIP_REASONS } from "./find-people.js";
import { REVISIT_STATES, REVISIT_TRANSITIONS, statesBefore } from "./states.js";

const page = readFileSync(new URL("../../../../../docs/architecture/revisit.md", import.meta.url), "utf8");
const quoted = (text: string) => Array.from(text.matchAll(/`(\w+)`/g), ([, word = ""]) => word);

test("the page shows exactly the legal transitions", () => {
  const table = page.slice(page.indexOf("### States"), page.indexOf("`settleRevisits`"));
  const documented = table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [, state = "", , to = ""] = line.split("|");
      return [quoted(state)[0], quoted(to)];
    });
  expect(documented).toEqual(REVISIT_STATES.map((state) => [state, REVISIT_TRANSITIONS[state]]));
});

test("the page names every reason of skipped people", () => {
  const section = page.slice(page.indexOf("## Reasons of"), page.indexOf("## Jobs"));
  expect(quoted(section.slice(section.indexOf("\n")))).toEqual(SKIP_REASONS);
});

test("a conditional update asks for the states before", () => {
  expect(statesBefore("planned")).toEqual(["written", "approved"]);
  expect(statesBefore("expired")).toEqual(["found", "written", "waiting", "approved", "held"]);
});
