import { expect, test } from "vitest";
import { root } from "../workspace.mjs";
import { reasonPage } from "./reason-page.ts";

test("docs/reasons.md is what the list of reasons says", async () => {
  await expect(reasonPage()).toMatchFileSnapshot(`${root}/docs/reasons.md`);
});
