import { expect, test } from "vitest";
import { printed } from "./testing/readme.js";

test("the receiver makes a message once, and refuses a forged one", async () => {
  const output = await printed(() => import("./receive-webhook.js"));
  expect(output).toBe(
    "C-1001 好久不见，猫粮到货了\nfirst accepted\nrepeat accepted\na forged message answers 401 missing\n",
  );
});
