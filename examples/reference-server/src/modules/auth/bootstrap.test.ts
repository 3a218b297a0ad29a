import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandom } from "@recallkit/core";
import { openSqliteStores, type SqlStores } from "@recallkit/storage-adapters/sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { roles } from "../../app.js";
import { auditMigrations } from "../audit/migrations.js";
import { type BootstrapOptions, ensureBootstrapLogin } from "./bootstrap.js";
import { authMigrations } from "./migrations.js";
import { logIn, sessionOfToken } from "./service.js";

const cost = { costBits: 4, blockSize: 1, parallelism: 1 };
let dataDir: string;
let stores: SqlStores;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "recallkit-auth-"));
  stores = await openSqliteStores({ file: ":memory:", sets: [authMigrations, auditMigrations] });
  await stores.migrate();
});
afterEach(async () => {
  await stores.close();
  await rm(dataDir, { recursive: true, force: true });
});

function ensure(options: Partial<BootstrapOptions> = {}) {
  const common = { stores, clock: systemClock, random: systemRandom, dataDir, isProduction: false, cost };
  return ensureBootstrapLogin({ ...common, username: undefined, password: undefined, ...options });
}
const context = () => ({ stores, clock: systemClock, random: systemRandom, roles, passwordCost: cost });

describe("ensureBootstrapLogin", () => {
  test("makes up a password once, in a file for its owner only", async () => {
    const made = await ensure();
    expect(made).toMatchObject({ kind: "generated", username: "admin" });
    expect((await stat(join(dataDir, "login.txt"))).mode & 0o777).toBe(0o600);
    expect(await ensure()).toEqual({ kind: "kept", file: join(dataDir, "login.txt") });
  });

  test("makes up none in production", async () => {
    await expect(ensure({ isProduction: true })).rejects.toMatchObject({
      code: "config.missing",
      option: "BOOTSTRAP_PASSWORD",
    });
  });

  test("a changed password of the environment replaces the old one and ends its sessions", async () => {
    await ensure({ username: "m", password: "first password" });
    const { token } = await logIn(context(), { username: "m", password: "first password" });
    await ensure({ username: "m", password: "second password" });

    expect(await sessionOfToken(token, context())).toBeUndefined();
    await expect(logIn(context(), { username: "m", password: "first password" })).rejects.toMatchObject({
      status: 401,
    });
    await logIn(context(), { username: "m", password: "second password" });
  });

  test("the same password again leaves sessions alone", async () => {
    await ensure({ username: "m", password: "first password" });
    const { token } = await logIn(context(), { username: "m", password: "first password" });
    await ensure({ username: "m", password: "first password" });
    expect(await sessionOfToken(token, context())).toMatchObject({ username: "m" });
  });
});
