import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256Hex } from "@recallkit/core/ports";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { commandLine, runCommand } from "../testing/command-line.js";

describe("users", () => {
  test("are made with a password that is shown once, changed and removed", async () => {
    const { run } = await commandLine();
    const made = await run("users", "create", "boss", "--role", "admin", "--json");
    expect(made.code).toBe(0);
    expect(made.answer).toMatchObject({
      username: "boss",
      role: "admin",
      password: expect.stringMatching(/^[\w-]{20}$/),
    });
    expect((await run("users", "create", "boss")).stderr).toContain("user.name-taken");
    const { answer } = await run("users", "list", "--json");
    expect(answer).toMatchObject({ total: 1, users: [{ username: "boss" }] });
    expect(JSON.stringify(answer)).not.toContain(String(made.answer.password));
    const id = String(made.answer.id);
    expect((await run("users", "edit", id, "--role", "staff")).stderr).toContain("user.last-admin");
    expect((await run("users", "edit", id, "--new-password", "--json")).answer.password).not.toBe(made.answer.password);
    expect((await run("users", "edit", id)).code).toBe(2);
    expect((await run("users", "remove", id)).stderr).toContain("user.last-admin");
    await run("users", "create", "clerk");
    await run("users", "edit", "2", "--disable");
    expect((await run("users", "list")).stdout).toMatch(/clerk\s+staff\s+disabled/);
    expect((await run("users", "remove", "2")).code).toBe(0);
  });

  test("take a password from a file, or a hash of an older system", async () => {
    const { run, folder } = await commandLine();
    const file = join(folder, "password.txt");
    await writeFile(file, "a long phrase\nanything\n");
    expect((await run("users", "create", "a", "--password-file", file, "--json")).answer).not.toHaveProperty(
      "password",
    );
    expect((await run("users", "create", "b", "--password-file", join(folder, "none"))).code).toBe(2);
    await writeFile(file, "short\n");
    expect((await run("users", "create", "c", "--password-file", file)).code).toBe(2);
    expect((await run("users", "create", "d", "--password-hash", sha256Hex("old"))).code).toBe(0);
    expect((await run("users", "create", "e", "--password-hash", "plain text")).code).toBe(2);
  });
});

test("tenants are made, changed and listed", async () => {
  const { run } = await commandLine();
  const { answer } = await run("tenants", "create", "二店", "--tz", "Asia/Tokyo", "--json");
  expect(answer).toMatchObject({ id: 2, name: "二店", time_zone: "Asia/Tokyo", currency: "CNY" });
  expect((await run("tenants", "edit", "--tenant", "2", "--name", "三店", "--json")).answer).toMatchObject({
    name: "三店",
  });
  expect((await run("tenants", "edit", "--tenant", "2", "--tz", "Mars/Base")).code).not.toBe(0);
  expect((await run("tenants", "list")).stdout).toMatch(/2\s+三店\s+Asia\/Tokyo\s+CNY/);
});

test("API keys are made, listed without the key, and taken back", async () => {
  const { run } = await commandLine();
  const made = await run("api-keys", "create", "ERP", "--scopes", "push:read,customers:write", "--until", "2099-01-01");
  expect(made.stdout).toMatch(/^rk_[\w-]{43}\n$/);
  const { answer } = await run("api-keys", "list", "--json");
  expect(answer).toMatchObject({ api_keys: [{ id: 1, name: "ERP", scopes: ["push:read", "customers:write"] }] });
  expect(JSON.stringify(answer)).not.toContain(made.stdout.trim());
  expect((await run("api-keys", "create", "x", "--scopes", "access:write")).code).toBe(2);
  expect((await run("api-keys", "create", "x", "--scopes", "push:read", "--until", "soon")).code).toBe(2);
  expect((await run("api-keys", "revoke", "1")).code).toBe(0);
  expect((await run("api-keys", "revoke", "1")).stderr).toContain("api-key.not-found");
});

describe("channel accounts", () => {
  const OLD = "an older key of this installation!";
  const NEW = "the newer key of this installation";

  test("are kept sealed, sealed anew, and looked at by doctor", async () => {
    const { run, folder, file: database } = await commandLine({ SECRET_KEY: OLD });
    const file = join(folder, "secret.txt");
    await writeFile(file, "corp-secret-of-the-shop\n");
    const set = await run(
      "channels",
      "set-wecom",
      "--corp-id",
      "ww1",
      "--secret-file",
      file,
      "--agent-id",
      "1000002",
      "--json",
    );
    expect(set.answer).toMatchObject({ channel: "wecom", corp_id: "ww1", agent_id: 1_000_002 });
    expect((await run("channels", "list")).stdout).toBe("wecom ww1\n");

    const nobody = { WECOM_CORP_ID: "ww0", WECOM_SECRET: "s", WECOM_BASE_URL: "http://127.0.0.1:9" };
    const env = { DATABASE_URL: `sqlite:${database}`, DATA_DIR: folder, ...nobody };

    const renewed = { ...env, SECRET_KEY: NEW };
    const doctor = await runCommand(["doctor", "--json", "--lang", "en"], renewed);
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toContain("sealed under another key: 1/wecom");
    expect((await runCommand(["secrets", "rotate"], renewed)).code).not.toBe(0);
    const rotated = await runCommand(["secrets", "rotate", "--json"], { ...renewed, SECRET_KEY_PREVIOUS: OLD });
    expect(rotated.answer).toEqual({ rotated: 1, unchanged: 0 });
    expect((await runCommand(["doctor", "--lang", "en"], renewed)).stdout).toContain("every sealed secret opens");
    expect((await runCommand(["channels", "remove-wecom"], renewed)).code).toBe(0);
  });

  test("a file that holds no secret is refused", async () => {
    const { run, folder } = await commandLine();
    const file = join(folder, "secret.txt");
    await writeFile(file, "two words\n");
    expect((await run("channels", "set-wecom", "--corp-id", "ww1", "--secret-file", file)).code).toBe(2);
    expect((await run("channels", "set-wecom", "--corp-id", "ww1", "--secret-file", join(folder, "none"))).code).toBe(
      2,
    );
  });
});

test("doctor tries the account of the tenant that is asked about", async () => {
  const simulator = await startWecomSimulator({
    corps: [
      { corpId: "ww1", secret: "of the environment" },
      { corpId: "ww2", secret: "secret-of-the-second" },
    ],
  });
  onTestFinished(() => simulator.close());
  const environment = { WECOM_CORP_ID: "ww1", WECOM_SECRET: "of the environment", WECOM_BASE_URL: simulator.url };
  const { run, folder } = await commandLine({ SECRET_KEY: "a key of this installation, long", ...environment });
  const wecom = async (tenant: number) => {
    const { answer } = await run("doctor", "--tenant", String(tenant), "--json", "--lang", "en");
    const checks = answer.checks as readonly { name: string; status: string; detail: string }[];
    return checks.find(({ name }) => name === "wecom");
  };
  for (const name of ["二店", "三店"]) await run("tenants", "create", name);
  const file = join(folder, "secret.txt");
  for (const [tenant, corp, secret] of [
    ["2", "ww2", "secret-of-the-second"],
    ["3", "ww2", "wrong"],
  ] as const) {
    await writeFile(file, secret);
    await run("channels", "set-wecom", "--tenant", tenant, "--corp-id", corp, "--secret-file", file);
  }
  await run("tenants", "create", "四店");
  expect(await wecom(1)).toMatchObject({ status: "ok", detail: "tenant 1: an access token was obtained" });
  expect(await wecom(2)).toMatchObject({ status: "ok", detail: "tenant 2: an access token was obtained" });
  expect(await wecom(3)).toMatchObject({ status: "unreachable", detail: expect.stringContaining("tenant 3: ") });
  expect(await wecom(4)).toMatchObject({ status: "not-configured", detail: expect.stringContaining("tenant 4") });
  expect(await wecom(5)).toMatchObject({ status: "unreachable", detail: expect.stringContaining("tenant.not-found") });
});

test("whoever hands out or takes away a person's data leaves a line in the audit", async () => {
  const { run, folder, file } = await commandLine();
  const list = join(folder, "customers.csv");
  await writeFile(list, "customer_key,name,city\nc1,张三,上海\nc2,张三,\n");
  expect((await run("import", "customers", list)).code).toBe(0);
  expect((await run("people", "export", "--key", "c1")).code).toBe(0);
  expect((await run("people", "export", "--key", "c1", "--out", join(folder, "c1.json"))).code).toBe(0);
  expect((await run("people", "export", "--key", "nobody")).code).toBe(1);
  expect((await run("labels", "unassign", "--key", "c1", "--city", "上海")).code).toBe(0);
  expect((await run("labels", "unassign", "--key", "nobody", "--city", "上海")).code).toBe(1);
  expect((await run("people", "merge", "--into", "c1", "--from", "c2")).code).toBe(1);
  expect((await run("people", "merge", "--into", "c1", "--from", "c2", "--yes")).code).toBe(0);
  expect((await run("people", "erase", "--key", "c2", "--yes")).code).toBe(0);
  const stores = await sqliteStores({ file });
  const { rows } = await sql`select actor, action, target from rk_audit_log order by id`.execute(stores.sql);
  await stores.close();
  const entry = { actor: "cli", target: "1" };
  expect(rows).toEqual([
    { ...entry, action: "people.export" },
    { ...entry, action: "people.export" },
    { ...entry, action: "people.merge" },
    { ...entry, action: "people.erase" },
  ]);
});
