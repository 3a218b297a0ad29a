import { storesConformance } from "@recallkit/core/conformance";
import type { Stores } from "@recallkit/core/ports";
import { afterAll, beforeAll, describe, test } from "vitest";
import { mysqlStores } from "./mysql-stores.js";
import { mysqlUrl, newDatabase } from "./test-support.js";

describe.skipIf(mysqlUrl === "")("MariaDB (needs a server)", () => {
  const place = newDatabase();
  beforeAll(() => place.create());
  afterAll(() => place.drop());
  const open = () => mysqlStores({ ...place, migrate: true });
  const reopen = (stores: Stores) => stores.close().then(open);
  for (const { name, run } of storesConformance({ open, reopen })) test(name, run);
});
