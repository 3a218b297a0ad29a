import { readdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "vitest";
import { sqliteStores } from "./sqlite-stores.js";
const folder = "/work/main/packages/core/src/conformance/";
const file = join(mkdtempSync(join(tmpdir(), "rk-")), "a.db");
const harness = { open: () => sqliteStores({ file, migrate: true }), reopen: async (s: any) => { await s.close(); return sqliteStores({ file }); } };
for (const name of readdirSync(folder).filter((n) => n.endsWith(".ts") && !n.endsWith(".test.ts") && n !== "index.ts")) {
  const module = await import(folder + name);
  for (const [key, value] of Object.entries(module)) {
    if (!key.endsWith("Conformance")) continue;
    describe(key, () => { for (const c of (value as any)(harness)) test.skipIf(c.skip)(c.name, () => c.run()); });
  }
}
