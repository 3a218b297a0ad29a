import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";

test("the backend answers, and ends when it is told to", async () => {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-example-"));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  onTestFinished(async () => {
    log.mockRestore();
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  vi.stubEnv("RECALL_FILE", join(folder, "recall.db"));
  vi.stubEnv("SECRET_KEY", "for-this-test-only-0123456789abcdef");
  vi.stubEnv("WECOM_CORP_ID", "ww-simulator");
  vi.stubEnv("WECOM_SECRET", "simulator-secret");
  vi.stubEnv("WECOM_BASE_URL", "http://127.0.0.1:1");
  vi.stubEnv("PORT", "0");
  const before = process.listeners("SIGTERM");
  await import("./backend.js");
  await vi.waitFor(() => expect(log).toHaveBeenCalledWith("listening", expect.anything()), 20_000);
  const port: number = log.mock.calls[0]?.[1].port;
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  expect(await answer.json()).toEqual({ customers: 0 });
  const stop = process.listeners("SIGTERM").find((listener) => !before.includes(listener));
  await stop?.("SIGTERM");
  if (stop) process.removeListener("SIGTERM", stop);
});
