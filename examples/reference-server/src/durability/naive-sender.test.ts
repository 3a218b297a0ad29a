// What the safeguards are for: a sender without them, killed in the same way, against the same books.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { expect, onTestFinished, test } from "vitest";
import { startChild } from "../testing/child.js";

const KILLS = Number(process.env.KILLS ?? 5);
const PEOPLE = 60 * KILLS;

/** Takes the next ten, and writes down where it stands after or before it sends; what failed is tried again. */
const program = `
const { wecomChannel } = await import("@recallkit/wecom");
const stores = await open();
const channel = wecomChannel({ corpId: "ww1", secret: "s", baseUrl: process.env.WECOM_URL });
const people = Number(process.env.PEOPLE), recordsFirst = process.env.RECORDS === "first";
const content = { text: "https://shop.example/r" };
const signal = new AbortController().signal;
await channel.prepare(1, content, { signal });
say("ready");
for (let next = Number(await stores.config.get(1, "next") ?? 0); next < people; ) {
  const recipients = Array.from({ length: 10 }, (_, n) => ({ address: "wm_" + (next + n), content, values: {}, marker: "" }));
  const record = () => stores.config.put(1, "next", String(next + 10));
  if (recordsFirst) await record();
  try {
    const [first] = await channel.send({ tenantId: 1, marker: "AAAAAAAAAAAA", content, recipients }, { writeBy: Infinity, signal });
    if (first.kind !== "accepted" && !recordsFirst) continue;
  } catch {
    if (!recordsFirst) continue;
  }
  if (!recordsFirst) await record();
  next += 10;
}
process.exit(0);
`;

test.each([
  { records: "after", what: "sends to people twice" },
  { records: "first", what: "loses people" },
])(
  "a sender that only writes down where it stands, $records, $what",
  { timeout: 60_000 + KILLS * 10_000 },
  async ({ records }) => {
    const folder = await mkdtemp(join(tmpdir(), "recallkit-naive-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s" }] });
    onTestFinished(() => simulator.close());
    const environment = {
      DATABASE_URL: `sqlite:${join(folder, "naive.db")}`,
      WECOM_URL: simulator.url,
      PEOPLE: String(PEOPLE),
      RECORDS: records,
    };
    for (let kill = 0; kill < KILLS; kill++) {
      simulator.faults.push({ on: "add_msg_template", kind: "accept-then-reset" });
      simulator.faults.push({ on: "add_msg_template", kind: "reset" });
      simulator.faults.push({ on: "add_msg_template", kind: "late", delayMs: 300 });
      const child = startChild(program, environment);
      expect(await child.line()).toBe("ready");
      await wait(Math.floor(((kill * 0.618034) % 1) * 250));
      child.kill("SIGKILL");
      await child.ended;
    }
    expect(await startChild(program, environment).ended).toBe(0);
    const tasks = simulator.ledger.tasksPerCustomer();
    const twice = [...tasks.values()].filter((count) => count > 1).length;
    const lost = PEOPLE - tasks.size;
    if (KILLS > 5)
      process.stdout.write(`naive, written down ${records}: ${KILLS} kills: ${lost} lost, ${twice} twice\n`);
    expect(records === "after" ? twice : lost).toBeGreaterThan(0);
  },
);
