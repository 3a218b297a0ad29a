import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ServerContext } from "../../frame/context.js";
import type { ScheduledJob } from "../../frame/server-module.js";
import { importPending } from "./import-tree.js";

/** Looks once an hour whether files of institutions wait, and takes them over; one process of all does. */
export const incrementalImport: ScheduledJob = {
  name: "revisit-import",
  title: "增量导入检查 / take over files of institutions",
  roles: ["all", "worker", "scheduler"],
  schedule: { everyMs: 3_600_000 },
  timeoutMs: 3_000_000,
  run: (context, { signal }) => takePending(context, signal),
};

/** What one look of the job does. @returns figures for its history; undefined: nothing waits */
export async function takePending(
  { stores, kit, clock, config, logger }: Pick<ServerContext, "stores" | "kit" | "clock" | "config" | "logger">,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>> | undefined> {
  const { folder, settleMs } = config.revisitImports;
  if (!(await hasPending(folder))) return undefined;
  const { files, counts } = await importPending({ stores, kit, clock }, folder, {
    signal,
    wait: () => clock.sleep(settleMs, signal),
    onFile: ({ kind, state }) => logger.info("revisit.import.file", { kind, state }),
  });
  const of = (state: string) => files.filter((file) => file.state === state).length;
  return { files: files.length, failed: of("failed"), moving: of("moving"), ...counts };
}

async function hasPending(folder: string): Promise<boolean> {
  const found = [join(folder, "incremental", "pending"), join(folder, "pending")].map((path) =>
    stat(path).then(
      (one) => one.isDirectory(),
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
}
