// @ts-nocheck Express is a dependency of the server, so its types cannot be found from here.
// One of the servers as a process of its own; tells its port, the tokens that lead somewhere, and its processor time in µs.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { landingModule } from "../../examples/reference-server/dist/modules/index.js";
import { createRecallKit, silentLogger } from "../../packages/core/dist/index.js";
import { toExpress } from "../../packages/http/dist/express/index.js";
import { recallkitApp, toNodeHandler } from "../../packages/http/dist/index.js";
import { sqliteStores } from "../../packages/storage-adapters/dist/sqlite/index.js";
import { root } from "../../scripts/workspace.mjs";

const express = createRequire(`${root}/examples/reference-server/package.json`)("express");
const [, , name, people] = process.argv;

const empty = (_request, response) => response.end("ok");
const bareExpress = () => express().disable("x-powered-by").disable("etag").get("/landing/:token", empty);

async function landing() {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true }));
  const stores = await sqliteStores({ file: join(folder, "bench.db"), migrate: true });
  const links = { publicUrl: "https://shop.example" };
  const kit = createRecallKit({
    stores,
    links,
    logger: silentLogger,
    secretKey: "for-this-measurement-0123456789abcdef",
  });
  const keys = Array.from({ length: Number(people) }, (_, n) => `c${n}`);
  await kit.customers.upsert(keys.map((externalKey) => ({ externalKey })));
  const coupon = await kit.coupons.create({ name: "c", stock: null, validFrom: "2020-01-01", validTo: "2100-12-31" });
  const tokens = [];
  for (const externalKey of keys) {
    tokens.push((await kit.links.issue({ externalKey, channel: "sms", couponId: coupon.id })).token);
  }
  const app = recallkitApp(kit, { modules: [landingModule], authorize: () => null, logger: silentLogger });
  return { app, tokens };
}

const made = name.startsWith("landing") ? await landing() : { tokens: [] };
const handlers = {
  node: () => empty,
  express: bareExpress,
  "landing on node:http": () => toNodeHandler(made.app),
  "landing through Express": () => express().disable("x-powered-by").disable("etag").use(toExpress(made.app)),
};
const server = createServer(handlers[name]()).listen(0, "127.0.0.1", () => {
  process.send({ port: server.address().port, tokens: made.tokens });
});
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpu: user + system });
});
