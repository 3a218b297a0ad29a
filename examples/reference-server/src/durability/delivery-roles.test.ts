// One shop on four processes: an API, a scheduler and two workers, of which one is killed.
import { describe, expect, test } from "vitest";
import { engines } from "../testing/engines.js";
import { openSendingShop } from "./sending-shop.js";

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run("processes of different roles do one push together, each its own part", { timeout: 90_000 }, async () => {
    const shop = await openSendingShop({ newUrl: engine.newUrl, people: 120 });
    const api = await shop.start({}, ["--role", "api"]);
    const id = await shop.push();
    const scheduler = await shop.start({}, ["--role", "scheduler"]);
    expect(shop.simulator.ledger.tasks).toEqual([]);
    shop.simulator.faults.push({ on: "add_msg_template", kind: "late", delayMs: 500 });
    const worker = await shop.start({}, ["--role", "worker"]);
    await shop.untilTasks(1);
    await worker.kill();
    const workers = [await shop.start({}, ["--role", "worker"]), await shop.start({}, ["--role", "worker"])];
    await shop.untilDone();
    await shop.expectBooksAgree(id);
    const all = [api, scheduler, ...workers];
    for (const server of all) server.signal("SIGTERM");
    expect(await Promise.all(all.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
  });
});
