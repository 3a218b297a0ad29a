import { RecallKitError } from "@recallkit/core";
import type { ServerContext } from "../../frame/context.js";
import { type Alert, alertChanges, isToBeTold } from "./alert.js";
import { lookAround } from "./findings.js";
import { alertRules, alertTargets } from "./keys.js";
import { liveAlerts, noteTold, writeChanges } from "./store.js";
import { tell } from "./tell.js";

type Desk = Pick<ServerContext, "kit" | "stores" | "clock" | "hotConfig" | "scheduler" | "logger" | "transport">;

/** Looks once, writes down what changed, and tells whoever is to be told; what nobody could be told is tried again with the next look. */
export async function watchOnce(desk: Desk): Promise<{ readonly open: number; readonly told: number }> {
  const { stores, clock, hotConfig } = desk;
  const findings = await lookAround(desk);
  const before = (await liveAlerts(stores)).filter(({ state }) => state !== "recovered");
  await writeChanges(stores, alertChanges(before, findings), clock.now());
  const repeatMs = hotConfig.get(alertRules).repeat_minutes * 60_000;
  let told = 0;
  for (const alert of await liveAlerts(stores)) {
    if (!isToBeTold(alert, clock.now(), repeatMs) || !(await tellAll(desk, alert))) continue;
    await noteTold(stores, alert, clock.now());
    told += 1;
  }
  return { open: findings.length, told };
}

/** Whether at least one target was told; the others are in the log. Without targets the log is all there is. */
async function tellAll({ hotConfig, logger, clock, transport }: Desk, alert: Alert): Promise<boolean> {
  const { id, kind, subject, state } = alert;
  logger.warn(state === "recovered" ? "alert.recovered" : "alert.open", { alert: id, kind, subject });
  const targets = hotConfig.get(alertTargets);
  const outcomes = await Promise.all(
    targets.map((target) =>
      tell(target, alert, { transport, clock }).then(
        () => true,
        (error: unknown) => {
          const code = RecallKitError.is(error) ? error.code : "bug";
          logger.warn("alert.not-told", { alert: id, target: target.kind, code });
          return false;
        },
      ),
    ),
  );
  return targets.length === 0 || outcomes.includes(true);
}
