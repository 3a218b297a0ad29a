import { storesConformance } from "@recallkit/core/conformance";
import type { Stores } from "@recallkit/core/ports";
import { afterAll, describe, test } from "vitest";
import { postgresStores } from "./postgres-stores.js";
import { newSchema, postgresUrl } from "./test-support.js";

describe.skipIf(postgresUrl === "")("PostgreSQL (needs a server)", () => {
  const place = newSchema();
  afterAll(() => place.drop());
  const open = () => postgresStores({ ...place, migrate: true });
  const reopen = (stores: Stores) => stores.close().then(open);
  for (const { name, run } of storesConformance({ open, reopen })) test(name, run);
});
