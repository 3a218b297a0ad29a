// Two processes decide at the same moment who may log in and who may manage.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../../app.js";
import { parseDatabaseUrl } from "../../config/database-url.js";
import { openStoresAt } from "../../open-stores.js";
import { type Engine, engines } from "../../testing/engines.js";
import { MOST_FAILURES, reserveAttempt } from "./lock-out.js";
import { createUser, editUser } from "./users.js";

const passwordCost = { costBits: 4, blockSize: 1, parallelism: 1 };
const BY = { tenantId: 1, isPlatform: true };

async function twice(engine: Engine): Promise<readonly [SqlStores, SqlStores]> {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-auth-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const setting = parseDatabaseUrl(await engine.newUrl(folder));
  if (typeof setting === "string") throw new Error(setting);
  const open = async () => {
    const stores = await openStoresAt(setting, { sets: moduleMigrations });
    onTestFinished(() => stores.close());
    return stores;
  };
  const first = await open();
  await first.migrate();
  return [first, await open()];
}

const codes = (ends: readonly PromiseSettledResult<unknown>[]) =>
  ends.map((end) => (end.status === "fulfilled" ? "done" : end.reason.code)).sort();

describe.each(engines.map((engine) => [engine.name, engine] as const))("on %s", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run("of eight logins at once five are tried", async () => {
    const both = await twice(engine);
    const who = { username: "u", ip: "127.0.0.1" };
    const tries = Array.from({ length: 8 }, (__, n) => reserveAttempt(both[n % 2] as SqlStores, who, 1_000_000));
    const ends = codes(await Promise.allSettled(tries));
    expect(ends).toEqual([...Array(3).fill("auth.locked"), ...Array(MOST_FAILURES).fill("done")]);
  });

  run("two admins who take each other's role away at once leave one", async () => {
    const [one, other] = await twice(engine);
    const context = { stores: one, clock: systemClock, passwordCost };
    const made: { readonly id: number }[] = [];
    for (const username of ["a", "b"])
      made.push(await createUser(context, BY, { username, role: "admin", password: "a long phrase 7" }));
    const demote = (stores: SqlStores, user = 0) =>
      editUser({ ...context, stores }, BY, made[user]?.id ?? 0, { role: "staff" });
    const ends = codes(await Promise.allSettled([demote(one, 0), demote(other, 1)]));
    expect(ends).toEqual(["done", "user.last-admin"]);
  });

  run("of two users of one name made at once the second is refused", async () => {
    const [one, other] = await twice(engine);
    const context = { clock: systemClock, passwordCost };
    const user = { username: "same", role: "staff", password: "a long phrase 7" } as const;
    const ends = await Promise.allSettled([one, other].map((stores) => createUser({ ...context, stores }, BY, user)));
    expect(codes(ends)).toEqual(["done", "user.name-taken"]);
  });
});
