import type { RecallKit } from "@recallkit/core";

/** Runs the engine until the process is told to stop. */
export async function runEngine(kit: RecallKit): Promise<void> {
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  const hourly = setInterval(() => kit.retain({ signal: stop.signal }).catch(console.error), 3_600_000);
  await kit.run({ signal: stop.signal });
  clearInterval(hourly);
  await kit.close();
}
