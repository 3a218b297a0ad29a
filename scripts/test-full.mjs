// `npm run test:full`: what takes too long for every change. Prints one line per check and ends with 1 if one failed.
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { packedHosts } from "./packed-hosts.mjs";
import { previousVersion } from "./previous-version.mjs";
import { run } from "./run.mjs";

const CONTRACT = "examples/reference-server/src/contract";
const CONSOLE = "examples/reference-server/src/modules/console";

/** @type {{ name: string, args: string[], env: Record<string, string> | (() => Promise<Record<string, string>>) }[]} */
const checks = [
  {
    name: "pushes mounted in five frameworks, from packages as they are published",
    args: ["examples/embed-http/src/hosts.test.ts"],
    env: async () => ({ HOSTS: "all", HOSTS_FOLDER: await packedHosts() }),
  },
  {
    name: "every flipped byte of 1 000 packs of evidence",
    args: ["packages/core/src/evidence"],
    env: { RECALLKIT_FULL: "1" },
  },
  {
    name: "20 000 requests made from the API description",
    args: [`${CONTRACT}/fuzz.test.ts`],
    env: { FUZZ_REQUESTS: "20000" },
  },
  {
    name: "2 000 policies of who is contacted: plan, preview and send",
    args: ["packages/storage-adapters/src/sqlite/contact-policies.property.test.ts"],
    env: { POLICIES: "2000" },
  },
  {
    name: "1 000 seeds of the engine through seeded worlds, of every kind of channel, and of messages of templates",
    args: ["packages/core/src/testing/simulator"],
    env: { SIM_SEEDS: "1000", MESSAGE_SEEDS: "1000" },
  },
  {
    name: "a broker that is killed under work",
    args: ["scripts/test-servers/rabbitmq-queue.test.ts"],
    env: { BROKER_RESTARTS: "on" },
  },
  {
    name: "100 000 messages that wait, and an urgent one; and a merchant with few",
    args: ["packages/storage-adapters/src/sqlite/message-lanes.test.ts"],
    env: { QUEUED_MESSAGES: "100000" },
  },
  {
    name: "50 restarts of the databases and of the broker under servers that send messages",
    args: ["scripts/test-servers/message-restart.test.ts"],
    env: { BROKER_RESTARTS: "on", RESTARTS: "50" },
  },
  {
    name: "50 flushes of Redis and 50 kills of whoever accepts messages, on every engine",
    args: ["examples/reference-server/src/durability/message-disturbed.test.ts"],
    env: { DISTURBANCES: "50" },
  },
  {
    name: "50 kills of a server that sends messages of templates, on every engine",
    args: ["examples/reference-server/src/durability/message-kill.test.ts"],
    env: { KILLS: "50" },
  },
  {
    name: "10 000 random segments of 200 random shops on every engine, and explanations of 20 of them",
    args: ["packages/storage-adapters/src/audience/audience-differential.test.ts"],
    env: { RECALLKIT_FULL: "1" },
  },
  {
    name: "an index of audiences through 100 000 changes and restarts from its snapshot",
    args: ["packages/storage-adapters/src/audience/audience-index.test.ts"],
    env: { RECALLKIT_FULL: "1" },
  },
  {
    name: "Online Retail imported twice on every engine",
    args: ["examples/reference-server/src/modules/customers/online-retail.test.ts"],
    env: { RETAIL_ENGINES: "all" },
  },
  {
    name: "Online Retail through a browser whose page is closed meanwhile, to the figures of the command line",
    args: [`${CONSOLE}/import.browser.test.ts`],
    env: {},
  },
  {
    name: "the console over a push to 1 000 000 people, 100 000 SKUs and 2 000 rules",
    args: [`${CONSOLE}/volume.browser.test.ts`],
    env: { CONSOLE_PEOPLE: "1000000", CONSOLE_LANE: "full" },
  },
  {
    name: "every journey, decision and look of the console's tests that npm test has at their smallest, and a server that is stopped",
    args: [CONSOLE],
    env: { CONSOLE_LANE: "full" },
  },
  {
    name: "every page and dialog of the console, light and dark, Chinese and English, at a desk and on a phone",
    args: [`${CONSOLE}/every-page.browser.test.ts`],
    env: { CONSOLE_LOOKS: "all" },
  },
  {
    name: "Online Retail as the workbook of its publisher, and as an American copy",
    args: ["packages/import/src/preset/online-retail.test.ts"],
    env: { RETAIL_FORMS: "all" },
  },
  {
    name: "Online Retail through every pair of engines",
    args: ["examples/reference-server/src/cli/copy-retail.test.ts"],
    env: { COPY_PAIRS: "all" },
  },
  {
    name: "the guide's commands that back up and restore, in the middle of a push, on every engine",
    args: ["scripts/deployment/backup-restore.test.ts"],
    env: { BACKUP_ENGINES: "all" },
  },
  {
    name: "the guide to production typed in as it stands, in fresh clones",
    args: ["scripts/deployment/run-in-production.test.ts"],
    env: { FRESH_CLONE: "on" },
  },
  {
    name: "a rolling restart of everything under a push to 25 000 people",
    args: ["scripts/deployment/rolling-restart.test.ts"],
    env: { RECALLKIT_TRY_PEOPLE: "25000" },
  },
  {
    name: "the version before beside this one, over one database, under a push",
    args: ["scripts/deployment/beside.test.ts"],
    env: previousVersion,
  },
  {
    name: "50 kills each of import, push and migration on every engine",
    args: ["examples/reference-server/src/durability/kill-loop.test.ts"],
    env: { KILLS: "50" },
  },
  {
    name: "20 kills of a server that imports a file, on every engine",
    args: ["examples/reference-server/src/durability/import-kill.test.ts"],
    env: { KILLS: "20" },
  },
  {
    name: "a file of 200 MB of an institution, imported in little memory with 5 kills",
    args: ["examples/reference-server/src/durability/revisit-import-kill.test.ts"],
    env: { REVISIT_IMPORT_MB: "200" },
  },
  {
    name: "ClickHouse has the ledger's figures after 100 000 changes, kills and an absence",
    args: ["scripts/test-servers/projections.test.ts"],
    env: { PROJECTION_CHANGES: "100000" },
  },
  {
    name: "a file of 2 GB imported in 300 MB of memory",
    args: ["examples/reference-server/src/durability/large-import.test.ts"],
    env: { LARGE_IMPORT_MB: "2048" },
  },
  {
    name: "100 kills of a server that sends, on every engine",
    args: ["examples/reference-server/src/durability/delivery-kill.test.ts"],
    env: { KILLS: "100" },
  },
  {
    name: "200 kills of applications inside a transaction that is theirs and ours, on every engine",
    args: ["packages/storage-adapters/src/host/host-kill.test.ts"],
    env: { KILLS: "200" },
  },
  {
    name: "1 000 claims of 100 coupons at two servers with 100 kills, on every engine",
    args: ["examples/reference-server/src/durability/coupon-claims.test.ts"],
    env: { CLAIMS: "1000", KILLS: "100" },
  },
  {
    name: "a sender without safeguards, killed 20 times",
    args: ["examples/reference-server/src/durability/naive-sender.test.ts"],
    env: { KILLS: "20" },
  },
  {
    name: "20 stops, 20 ends by SIGTERM and 20 flushes of Redis under servers that send, on every engine",
    args: ["examples/reference-server/src/durability/delivery-disturbed.test.ts"],
    env: { DISTURBANCES: "20" },
  },
  {
    name: "20 stops of a server under 16 busy clients",
    args: ["examples/reference-server/src/stop-under-load.test.ts"],
    env: { STOPS: "20" },
  },
  {
    name: "10 restarts of the database under servers that send",
    args: ["scripts/test-servers/delivery-restart.test.ts"],
    env: { RESTARTS: "10" },
  },
  {
    name: "4 000 requests of 16 clients to two servers, on PostgreSQL and on MariaDB",
    args: ["examples/reference-server/src/durability/contention.test.ts"],
    env: { CONTENTION_REQUESTS: "4000" },
  },
  {
    name: "1 000 000 people, and 10 000 batches, with 256 MB of heap on every engine",
    args: ["examples/reference-server/src/durability/bulk-dispatch.test.ts"],
    env: { BULK_PEOPLE: "1000000" },
  },
];

await install();
await build({ types: true });
const rows = [];
for (const { name, args, env } of checks) {
  const startedAt = performance.now();
  const own = typeof env === "function" ? await env() : env;
  const code = await run("vitest", ["run", ...args], { env: { ...process.env, ...own }, isInherited: true });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(7);
  rows.push({ isOk: code === 0, line: `${code === 0 ? "ok    " : "FAILED"} ${seconds} s  ${name}` });
}
const isReleasable = (await run("node", ["scripts/release-check.mjs"], { isInherited: true })) === 0;
rows.push({
  isOk: isReleasable,
  line: `${isReleasable ? "ok    " : "FAILED"}            packed, installed and run on each Node`,
});
process.stdout.write(`\n${rows.map(({ line }) => line).join("\n")}\n`);
process.exitCode = rows.every(({ isOk }) => isOk) ? 0 : 1;
