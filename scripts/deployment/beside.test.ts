// The version before beside this one, over one database, while a push goes out. `RECALLKIT_PREVIOUS` names a built checkout
// of it; `npm run test:full` makes one of the last release.
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSendingShop } from "../../examples/reference-server/src/durability/sending-shop.ts";
import { startPostgres } from "../test-servers/postgres.ts";

const previous = process.env.RECALLKIT_PREVIOUS;
const program = join(previous ?? "", "examples/reference-server/dist/main.js");
const PEOPLE = 600;
const TASKS = PEOPLE / 10;

const databases = {
  SQLite: async (folder: string) => `sqlite:${join(folder, "shop.db")}`,
  async PostgreSQL() {
    const server = await startPostgres();
    if (!server) throw new Error("PostgreSQL can't be had");
    onTestFinished(() => server.stop());
    return server.url;
  },
};

test.skipIf(previous === undefined).each(Object.keys(databases) as (keyof typeof databases)[])(
  "on %s both send, are killed and start again, and nobody is lost or told twice (needs RECALLKIT_PREVIOUS)",
  { timeout: 300_000 },
  async (engine) => {
    const shop = await openSendingShop({ newUrl: databases[engine], people: PEOPLE });
    // Brought up to date already: the version before starts over the new schema.
    const older = await shop.start({}, ["--role", "all"], program);
    expect(older.url).not.toBe("");
    const newer = await shop.start();
    expect((await fetch(`${older.url}/readyz`)).status).toBe(200);
    shop.simulator.faults.push({ on: "add_msg_template", kind: "late", delayMs: 300, times: 3 });
    const id = await shop.push();
    await shop.untilTasks(TASKS * 0.2);
    await older.kill();
    await shop.start({}, ["--role", "all"], program);
    await shop.untilTasks(TASKS * 0.5);
    await newer.kill();
    await shop.untilTasks(TASKS * 0.7);
    await shop.start();
    await shop.untilDone();
    await shop.expectBooksAgree(id);
    const again = await shop.push();
    await shop.untilDone();
    await shop.expectBooksAgree(again);
  },
);
