// The guide's own commands back a database up in the middle of a push, and restore it: nobody is told twice, nobody is left out.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import pg from "pg";
import { beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../../examples/reference-server/src/app.ts";
import { parseDatabaseUrl } from "../../examples/reference-server/src/config/database-url.ts";
import { openSendingShop } from "../../examples/reference-server/src/durability/sending-shop.ts";
import { openStoresAt } from "../../examples/reference-server/src/open-stores.ts";
import { build } from "../build.mjs";
import { blocksOf } from "../docs/code-blocks.ts";
import { folderOf } from "../test-servers/private-server.ts";
import { root } from "../workspace.mjs";

const PEOPLE = 40;
const GUIDE = "docs/guides/back-up-and-restore.md";
const PRELUDE = `set -euo pipefail
recallkit() { node ${join(root, "examples/reference-server/dist/cli.js")} "$@"; }
`;

/** A database that is backed up, and another one to restore it into. */
interface Places {
  readonly url: string;
  readonly restoredUrl: string;
  readonly environment: Readonly<Record<string, string>>;
}

const newName = () => `recallkit_test_${randomBytes(6).toString("hex")}`;

async function sqlitePlaces(folder: string): Promise<Places> {
  const [file, restored] = [join(folder, "shop.db"), join(folder, "restored.db")];
  return { url: `sqlite:${file}`, restoredUrl: `sqlite:${restored}`, environment: { RESTORED: restored } };
}

async function postgresPlaces(): Promise<Places> {
  const names = [newName(), newName()];
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  for (const name of names) await client.query(`CREATE DATABASE ${name}`);
  onTestFinished(async () => {
    for (const name of names) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.end();
  });
  const [url = "", restoredUrl = ""] = names.map((name) => {
    const place = new URL(inject("postgresUrl"));
    place.pathname = `/${name}`;
    return place.href;
  });
  return { url, restoredUrl, environment: { RESTORED_URL: restoredUrl } };
}

async function mariadbPlaces(folder: string): Promise<Places> {
  const [name, restored] = [newName(), newName()];
  const { hostname, port, username, password } = new URL(inject("mysqlUrl"));
  const options = join(folder, "client.cnf");
  const login = `host=${hostname}\nport=${port}\nprotocol=tcp\nuser=${username}\npassword=${decodeURIComponent(password)}`;
  writeFileSync(options, `[client]\n${login}\n`, { mode: 0o600 });
  const told = (statement: string) => {
    const args = [`--defaults-extra-file=${options}`, "--execute", statement];
    expect(spawnSync("mariadb", args, { encoding: "utf8" })).toMatchObject({ status: 0 });
  };
  for (const each of [name, restored]) told(`CREATE DATABASE ${each}`);
  onTestFinished(() => {
    for (const each of [name, restored]) told(`DROP DATABASE IF EXISTS ${each}`);
  });
  return {
    url: `${inject("mysqlUrl")}${name}`,
    restoredUrl: `${inject("mysqlUrl")}${restored}`,
    environment: { CLIENT_CNF: options, DATABASE: name, RESTORED_DATABASE: restored },
  };
}

const ENGINES = [
  { name: "sqlite", open: sqlitePlaces, missing: undefined },
  {
    name: "postgres",
    open: postgresPlaces,
    missing: inject("postgresUrl") === "" || !folderOf(["pg_dump", "pg_restore"]) ? "needs PostgreSQL" : undefined,
  },
  {
    name: "mariadb",
    open: mariadbPlaces,
    missing: inject("mysqlUrl") === "" || !folderOf(["mariadb-dump", "mariadb"]) ? "needs MariaDB" : undefined,
  },
] as const;

/** The block of the guide that does this on an engine. */
function commandOf(kind: "backup" | "restore", engine: string): string {
  const found = blocksOf(GUIDE).find(({ mark }) => mark?.kind === kind && mark.value === engine);
  if (!found) throw new Error(`${GUIDE} has no block ${kind}: ${engine}`);
  return found.code;
}

beforeAll(() => build(), 300_000);

/** What differs by engine is the command; all of them are part of `npm run test:full`. */
const chosen = ENGINES.filter(({ name }) => process.env.BACKUP_ENGINES === "all" || name === "postgres");

test.each(chosen)(
  "$name is backed up and restored by the commands of the guide",
  { timeout: 120_000 },
  async (engine) => {
    const { name, open, missing } = engine;
    if (missing !== undefined) return;
    let places: Places | undefined;
    const shop = await openSendingShop({
      newUrl: async (folder) => {
        places = await open(folder);
        return places.url;
      },
      people: PEOPLE,
    });
    if (!places) throw new Error("no database was opened");
    const { url, restoredUrl, environment } = places;
    const backup = join(shop.folder, "backup");
    const bash = (script: string) => {
      const env = { PATH: process.env.PATH, HOME: shop.folder, DATABASE_URL: url, BACKUP: backup, ...environment };
      const { status, stderr } = spawnSync("bash", ["-c", PRELUDE + script], { encoding: "utf8", env });
      expect({ script, status, stderr }).toEqual({ script, status: 0, stderr });
    };

    const id = await shop.push();
    shop.simulator.faults.push({ on: "add_msg_template", kind: "late", delayMs: 700, times: 3 });
    const server = await shop.start();
    await shop.untilTasks(1);
    // It stands still in the middle of its work, so that there is some left when the backup has been made.
    server.signal("SIGSTOP");
    bash(commandOf("backup", name));
    server.signal("SIGCONT");
    await shop.untilDone();
    await server.kill();
    bash(commandOf("restore", name));

    const setting = parseDatabaseUrl(restoredUrl);
    if (typeof setting === "string") throw new Error(setting);
    const restored = await openStoresAt(setting, { sets: moduleMigrations });
    onTestFinished(() => restored.close());
    const kit = createRecallKit({ stores: restored, logger: silentLogger });
    const { batches } = await kit.occurrences.status(id);
    // The backup does not know of all that was sent since.
    expect((batches.pending ?? 0) + (batches.leased ?? 0) + (batches.dispatching ?? 0)).toBeGreaterThan(0);
    await shop.start({ DATABASE_URL: restoredUrl }, ["--role", "all", "--reconcile-first"]);
    await expect
      .poll(async () => (await kit.occurrences.status(id)).state, { timeout: 60_000, interval: 200 })
      .toMatch(/^completed/);
    const told = shop.simulator.ledger.tasksPerCustomer();
    expect([told.size, [...told.values()].filter((count) => count > 1).length]).toEqual([PEOPLE, 0]);
    const { deliveries } = await kit.occurrences.status(id);
    expect((deliveries.accepted ?? 0) + (deliveries.delivered ?? 0)).toBe(PEOPLE);
  },
);
