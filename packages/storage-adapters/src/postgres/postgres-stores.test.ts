import { storesConformance } from "@recallkit/core/conformance";
import { afterAll, describe, test } from "vitest";
import { postgresStores } from "./postgres-stores.js";
import { newSchema, postgresUrl } from "./test-support.js";

describe.skipIf(postgresUrl === "")("PostgreSQL (needs a server)", () => {
  const place = newSchema();
  afterAll(() => place.drop());
  for (const { name, skip, run } of storesConformance({ open: () => postgresStores({ ...place, migrate: true }) })) {
    (skip ? test.skip : test)(skip ? `${name} (${skip})` : name, run);
  }
});
