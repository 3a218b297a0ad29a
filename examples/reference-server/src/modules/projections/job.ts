import type { ServerContext } from "../../frame/context.js";
import type { ScheduledJob } from "../../frame/server-module.js";
import { projectOnce } from "./projector.js";
import { openProjections } from "./service.js";

/** Keeps the stores beside the ledger up with it, once a minute, in one process of all. */
export const projectionJob: ScheduledJob = {
  name: "projections",
  title: "同步到分析、图谱与向量库 / keep projections up with the ledger",
  roles: ["all", "worker"],
  schedule: { everyMs: 60_000 },
  misfire: "skip",
  run: (context, { signal }) => projectAll(context, signal),
};

/** One turn of every target. A target that is away keeps none of the others back. @returns figures of the turn */
export async function projectAll(
  {
    stores,
    clock,
    transport,
    config,
    logger,
  }: Pick<ServerContext, "stores" | "clock" | "transport" | "config" | "logger">,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number | string>>> {
  const open = await openProjections({ stores, transport, settings: config.projections });
  try {
    const figures: Record<string, number | string> = {};
    for (const target of open.targets) {
      const { facts, error } = await projectOnce({ stores, clock }, target, { signal });
      figures[target.name] = error ?? facts;
      if (error) logger.warn("projection.failed", { target: target.name, code: error });
    }
    return figures;
  } finally {
    await open.close();
  }
}
