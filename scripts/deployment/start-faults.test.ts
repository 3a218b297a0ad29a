// Starts that cannot go well, of real processes: one sentence with its code, what to do, no stack; exit code 2 where the
// configuration is wrong. What RecallKit can do without keeps it from nothing.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { build } from "../build.mjs";
import { newCertificate } from "../test-servers/certificate.ts";
import { freePort } from "../test-servers/free-port.ts";
import { unprivileged } from "../test-servers/private-server.ts";
import { root } from "../workspace.mjs";

const main = join(root, "examples/reference-server/dist/main.js");
const postgresUrl = inject("postgresUrl");
const redisUrl = inject("redisUrl");
/** Two hours ahead, as a process sees it whose machine was never told the time. */
const AHEAD = `data:text/javascript,${encodeURIComponent(`
const now = Date.now; Date.now = () => now() + 7_200_000;
`)}`;

let folder: string;
beforeAll(async () => {
  await build();
  folder = mkdtempSync(join(tmpdir(), "recallkit-start-"));
  // Whoever the process runs as may look into it.
  chmodSync(folder, 0o755);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Start {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts a server; one that gets ready is stopped. */
function start(
  environment: Readonly<Record<string, string>>,
  { args = [], flags = [], user = {} }: { args?: readonly string[]; flags?: readonly string[]; user?: object } = {},
): Promise<Start> {
  const child = spawn(process.execPath, [...flags, main, ...args], {
    env: { PATH: process.env.PATH, PORT: "0", DATA_DIR: join(folder, "data"), SAMPLE_DATA: "off", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    ...user,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [out, err] = ["", ""];
  child.stdout.on("data", (piece: Buffer) => {
    out += String(piece);
    if (/ready: http/.test(out)) child.kill("SIGTERM");
  });
  child.stderr.on("data", (piece: Buffer) => {
    err += String(piece);
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

/** What people are told: code and sentence, what to do, and that in Chinese. */
function expectTold({ code, err }: Start, exitCode: number, sentence: RegExp, hint: RegExp): void {
  const lines = err.trimEnd().split("\n");
  expect({ code, err }).toEqual({ code: exitCode, err });
  expect(lines[0]).toMatch(sentence);
  expect(lines[0]).toMatch(/^recallkit: [a-z]+\.[a-z-]+: /);
  expect(lines.slice(1, -1).join("\n")).toMatch(hint);
  expect(lines.at(-1)).toMatch(/\p{Script=Han}/u);
  expect(err).not.toMatch(/^ +at |node:internal|Error:/m);
}

test("a missing secret, or a role that is none", async () => {
  const [secret, role] = await Promise.all([
    start({ NODE_ENV: "production" }),
    start({}, { args: ["--role", "boss"] }),
  ]);
  expectTold(secret, 2, /config\.invalid: the environment is not usable/, /SECRET_KEY: is required/);
  expectTold(role, 2, /config\.invalid: the only arguments are/, /^$/);
});

test("a port that is in use", async () => {
  const port = await freePort();
  const taken: Server = createServer().listen(port, "127.0.0.1");
  onTestFinished(() => void taken.close());
  expectTold(
    await start({ PORT: String(port) }),
    2,
    /config\.invalid: PORT: the address is in use/,
    /choose another PORT/,
  );
});

test("a data folder that cannot be written, and a database file that is none", async () => {
  const closed = join(folder, "closed");
  mkdirSync(closed, { mode: 0o555 });
  const owner = unprivileged();
  const user = owner ? { uid: owner.uid, gid: owner.gid } : {};
  const broken = join(folder, "broken.db");
  writeFileSync(broken, "this is no database, and longer than its header would be: ".repeat(20));
  const [readOnly, noDatabase] = await Promise.all([
    start({ DATA_DIR: closed }, { user }),
    start({ DATABASE_URL: `sqlite:${broken}` }),
  ]);
  expectTold(
    readOnly,
    2,
    /config\.invalid: DATA_DIR: the data folder cannot be written \(EACCES\)/,
    /give the folder to the user/,
  );
  expectTold(noDatabase, 1, /storage\.unavailable: /, /not an SQLite database/);
});

test("a data folder without space (needs root)", async ({ skip }) => {
  const full = join(folder, "full");
  mkdirSync(full);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", full]).status === 0;
  if (!mounted) return skip("a small file system cannot be mounted here");
  onTestFinished(() => void spawnSync("umount", ["-l", full]));
  expectTold(
    await start({ DATA_DIR: full }),
    2,
    /config\.invalid: DATA_DIR: no space is left .*ENOSPC/,
    /free some space/,
  );
});

test("files of TLS that are missing, damaged, or do not belong together", async ({ skip }) => {
  const [own, other] = [newCertificate("localhost"), newCertificate("localhost")];
  if (!own || !other) return skip("needs openssl");
  const damaged = join(folder, "damaged.pem");
  writeFileSync(damaged, "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n");
  const text = join(folder, "text.pem");
  writeFileSync(text, "hello");
  const at = (query: string) => start({ DATABASE_URL: `postgres://u:p@127.0.0.1:1/db?sslmode=verify-full&${query}` });
  const [missing, noPem, broken] = await Promise.all([
    at("sslrootcert=/nowhere/ca.pem"),
    at(`sslrootcert=${text}`),
    at(`sslrootcert=${damaged}`),
  ]);
  const mixed = await at(`sslcert=${own.certificate}&sslkey=${other.key}`);
  expectTold(missing, 2, /config\.invalid: the file of sslrootcert .* cannot be read \(ENOENT\)/, /PEM/);
  expectTold(noPem, 2, /the file of sslrootcert .* holds nothing in PEM form/, /PEM/);
  expectTold(broken, 2, /the file of sslrootcert .* damaged/, /PEM/);
  expectTold(mixed, 2, /the file of sslkey .* do not belong together/, /PEM/);
});

test("a database that is away", async () => {
  const gone = await start({ DATABASE_URL: `postgres://u:p@127.0.0.1:${await freePort()}/db` });
  expectTold(gone, 1, /storage\.unavailable: the database server is away/, /check that the database server runs/);
  expect(gone.err).not.toContain("u:p@");
});

test.skipIf(postgresUrl === "")("a clock two hours off, and no connection left (needs PostgreSQL)", async () => {
  const url = `${postgresUrl}?schema=recallkit_start_faults`;
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  onTestFinished(async () => {
    await client.query("DROP SCHEMA IF EXISTS recallkit_start_faults CASCADE");
    await client.query("DROP ROLE IF EXISTS recallkit_without_connections");
    await client.end();
  });
  await client.query("CREATE ROLE recallkit_without_connections LOGIN CONNECTION LIMIT 0");
  const limited = new URL(postgresUrl);
  limited.username = "recallkit_without_connections";
  const [ahead, exhausted] = await Promise.all([
    start({ DATABASE_URL: url }, { flags: ["--import", AHEAD] }),
    start({ DATABASE_URL: limited.href }),
  ]);
  expectTold(ahead, 1, /server\.clock-differs: this machine's clock is 2 hours ahead of the database's/, /NTP/);
  expectTold(
    exhausted,
    1,
    /storage\.unavailable: too many connections/,
    /lower the pool's size or raise max_connections/,
  );
});

test("Redis and RabbitMQ that are away are told, and done without", async () => {
  const port = await freePort();
  const { code, out, err } = await start({
    DATA_DIR: join(folder, "without"),
    REDIS_URL: `redis://127.0.0.1:${port}`,
    RABBITMQ_URL: `amqp://127.0.0.1:${port}`,
  });
  expect({ code, out, err }).toEqual({ code: 0, out: expect.stringMatching(/ready: http/), err });
  const lines = err
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const events = lines.map(({ msg }) => msg);
  expect(events).toEqual(
    expect.arrayContaining(["redis.away", "queue.broker-away", "process.started", "process.stopping"]),
  );
  expect(events.at(-1)).toBe("process.stopped");
  expect(lines.find(({ msg }) => msg === "process.started")).toMatchObject({
    level: "info",
    role: "all",
    engine: "sqlite",
    version: expect.any(String),
    url: expect.stringMatching(/^http:/),
  });
  expect(lines.find(({ msg }) => msg === "process.stopping")).toMatchObject({ signal: "SIGTERM" });
});

test.skipIf(redisUrl === "")("a Redis that refuses the login (needs Redis)", async () => {
  const url = new URL(redisUrl);
  url.password = "not-the-password";
  url.username = "nobody";
  expectTold(
    await start({ REDIS_URL: url.href }),
    2,
    /config\.invalid: Redis refuses the login/,
    /check user and password/,
  );
});
