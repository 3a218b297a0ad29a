// Connections over TLS, to servers whose certificates are made here; and never one in the clear where TLS was asked for.
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { mysqlStores } from "@recallkit/storage-adapters/mysql";
import { postgresStores } from "@recallkit/storage-adapters/postgres";
import pg from "pg";
import { afterAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { type Certificate, newCertificate } from "./certificate.ts";
import { startMariadb } from "./mariadb.ts";
import { startPostgres } from "./postgres.ts";
import type { PrivateServer } from "./private-server.ts";

const certificates = [newCertificate("localhost"), newCertificate("db.example")];
const [own, others] = certificates;
const folders = certificates.flatMap((made) => made && dirname(made.certificate)).filter((path) => path !== undefined);
afterAll(() => folders.forEach((folder) => void rmSync(folder, { recursive: true })));

/** What a refusal says was wrong. */
const REFUSED = /certificate|altnames|does not support SSL/i;

type Start = (tls: Certificate) => Promise<PrivateServer | undefined>;

/** Servers that show a certificate of their own host, and one of another host. */
async function serversOf(start: Start): Promise<{ readonly right: string; readonly wrong: string } | undefined> {
  if (!own || !others) return undefined;
  const started = await Promise.all([start(own), start(others)]);
  afterAll(() => Promise.all(started.map((server) => server?.stop())));
  const [right, wrong] = started.map((server) => server?.url.replace("127.0.0.1", "localhost"));
  return right && wrong ? { right, wrong } : undefined;
}

const mariadb = await serversOf(startMariadb);
describe.skipIf(!mariadb)("MariaDB with TLS (needs mariadbd and openssl)", () => {
  const { right = "", wrong = "" } = mariadb ?? {};
  const open = async (url: string) => {
    // The one database that there is in a new server.
    const stores = await mysqlStores({ url, tablePrefix: "tls_", migrate: true });
    onTestFinished(() => stores.close());
    return stores;
  };
  const cipherOf = async ({ sql }: Awaited<ReturnType<typeof open>>) => {
    const status = "information_schema.session_status" as const;
    const db = sql.withTables<{ [status]: { variable_name: string; variable_value: string } }>();
    const found = db.selectFrom(status).select("variable_value").where("variable_name", "=", "SSL_CIPHER");
    return (await found.executeTakeFirstOrThrow()).variable_value;
  };

  test.each([
    ["ssl-mode=REQUIRED", () => right],
    ["ssl-mode=REQUIRED", () => wrong],
    [`ssl-ca=${own?.certificate}`, () => right],
    [`ssl-mode=VERIFY_IDENTITY&ssl-ca=${own?.certificate}`, () => right],
  ])("%s connects, over TLS", async (query, server) => {
    expect(await cipherOf(await open(`${server()}mysql?${query}`))).toMatch(/^TLS_/);
  });

  test.each([
    ["a certificate that nobody vouches for", "ssl=true", () => right],
    ["one of another authority", `ssl-ca=${others?.certificate}`, () => right],
    ["one for another host", `ssl-ca=${others?.certificate}`, () => wrong],
  ])("%s is refused (%s)", async (_, query, server) => {
    await expect(mysqlStores({ url: `${server()}mysql?${query}` })).rejects.toThrow(REFUSED);
  });
});

const postgres = await serversOf(startPostgres);
describe.skipIf(!postgres)("PostgreSQL with TLS (needs PostgreSQL and openssl)", () => {
  const { right = "", wrong = "" } = postgres ?? {};
  const open = async (url: string) => {
    const stores = await postgresStores({ url, migrate: true });
    onTestFinished(() => stores.close());
    return stores;
  };

  test.each([
    ["sslmode=no-verify", () => right],
    ["sslmode=no-verify", () => wrong],
    [`sslmode=require&sslrootcert=${own?.certificate}`, () => right],
    [`sslmode=verify-full&sslrootcert=${own?.certificate}`, () => right],
  ])("%s connects, over TLS, to listen as well", async (query, server) => {
    const stores = await open(`${server()}?${query}`);
    let heard = () => {};
    const listening = new Promise<void>((resolve) => (heard = resolve));
    const listener = await stores.wakeUps?.listen(() => heard());
    await listening;
    const looking = new pg.Client({ connectionString: server() });
    await looking.connect();
    const { rows } = await looking.query(`select ssl from pg_stat_ssl join pg_stat_activity using (pid)
      where backend_type = 'client backend' and pid <> pg_backend_pid()`);
    await looking.end();
    expect(rows.length).toBeGreaterThan(1);
    for (const { ssl } of rows) expect(ssl).toBe(true);
    await listener?.close();
  });

  test.each([
    ["a certificate that nobody vouches for", "sslmode=require", () => right],
    ["the same", "sslmode=verify-full", () => right],
    ["one of another authority", `sslmode=verify-full&sslrootcert=${others?.certificate}`, () => right],
    ["one for another host", `sslmode=verify-full&sslrootcert=${others?.certificate}`, () => wrong],
  ])("%s is refused (%s)", async (_, query, server) => {
    await expect(postgresStores({ url: `${server()}?${query}` })).rejects.toThrow(REFUSED);
  });
});

const clear = inject("postgresUrl");
test.skipIf(clear === "").each(["require", "verify-ca", "verify-full", "no-verify", "prefer"])(
  "sslmode=%s never connects to a PostgreSQL in the clear",
  async (mode) => {
    const url = new URL(clear);
    url.searchParams.set("sslmode", mode);
    await expect(postgresStores({ url: url.href })).rejects.toThrow(REFUSED);
  },
);
