import { openApiDocument } from "@recallkit/http";
import { expect, test } from "vitest";
import { modules } from "../../examples/reference-server/src/app.ts";
import { openApiFacts } from "../../examples/reference-server/src/modules/docs/service.ts";
import { version } from "../../examples/reference-server/src/version.ts";
import { root } from "../workspace.mjs";

test("docs/openapi.json is what the server serves", async () => {
  const text = `${JSON.stringify(openApiDocument(modules, openApiFacts(version)), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(`${root}/docs/openapi.json`);
});
