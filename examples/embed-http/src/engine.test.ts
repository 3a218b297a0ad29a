import { createRecallKit, silentLogger } from "@recallkit/core";
import { expect, test } from "vitest";
import { runEngine } from "./engine.js";

test("the engine of the guides runs until the process is told to stop", async () => {
  const kit = createRecallKit({ logger: silentLogger });
  const running = runEngine(kit);
  expect(process.listenerCount("SIGTERM")).toBeGreaterThan(0);
  process.emit("SIGTERM");
  await expect(running).resolves.toBeUndefined();
});
