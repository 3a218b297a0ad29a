import { type AlertSink, RecallKitError } from "@recallkit/core";
import { alarmText } from "@recallkit/core/people";
import type { ServerContext } from "../../frame/context.js";
import { alertTargets } from "./keys.js";
import { say } from "./tell.js";

type Desk = Pick<ServerContext, "hotConfig" | "transport" | "clock" | "logger">;

/** What is older is nobody's alarm any more: a target that is new is not told of last month. */
const NEWS_MS = 86_400_000;

/**
 * Hands alarms of the engine to whoever is told of alerts, and to a webhook, where there is one. A webhook that is away keeps
 * nobody else from hearing: an alarm that comes again for its sake is told to the others once.
 */
export function alarmSink({ hotConfig, transport, clock, logger }: Desk, webhook: AlertSink | undefined): AlertSink {
  // Alarms come in order of their ids.
  let lastTold = 0;
  return {
    async send(alarm, options) {
      if (alarm.id > lastTold && clock.now() - alarm.at <= NEWS_MS) await tellTargets(alarm);
      lastTold = Math.max(lastTold, alarm.id);
      await webhook?.send(alarm, options);
    },
  };

  async function tellTargets(alarm: Parameters<AlertSink["send"]>[0]): Promise<void> {
    const { id, tenantId, code, entity, entityId, detail, at } = alarm;
    const event = { id, tenant_id: tenantId, code, entity, entity_id: entityId, detail, at };
    for (const target of hotConfig.get(alertTargets)) {
      const language = "language" in target ? (target.language ?? "both") : "both";
      const text = (language === "both" ? (["zh", "en"] as const) : [language])
        .map((one) => alarmText(alarm, one))
        .join("\n");
      const saying = { headline: text.split("\n", 1)[0] ?? code, text, event, marker: `alarm-${id}` };
      // One that can't be told keeps nobody else from hearing, and the alarm is in the ledger in any case.
      await say(target, saying, { transport, clock }).catch((error: unknown) => {
        const reason = RecallKitError.is(error) ? error.code : "bug";
        logger.warn("alert.not-told", { alarm: id, target: target.kind, code: reason });
      });
    }
  }
}
