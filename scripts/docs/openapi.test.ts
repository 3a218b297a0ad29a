import { expect, test } from "vitest";
import { modules } from "../../examples/reference-server/src/app.ts";
import { openApiDocument } from "../../examples/reference-server/src/frame/openapi.ts";
import { version } from "../../examples/reference-server/src/version.ts";
import { root } from "../workspace.mjs";

test("docs/openapi.json is what the server serves", async () => {
  const text = `${JSON.stringify(openApiDocument(modules, version), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(`${root}/docs/openapi.json`);
});
