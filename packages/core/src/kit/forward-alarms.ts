import { mutedAlarms } from "../delivery/alarm-mutes.js";
import type { EngineContext } from "../engine/engine-context.js";
import { RecallKitError } from "../errors.js";
import type { AlertSink } from "../ports/alert-sink.js";
import { alone } from "./alone.js";

const CURSOR = "alerts.cursor";
const ROWS = 100;
const INSTALLATION = 0;

/**
 * Hands alarms of all tenants to the sink, in order of their ids, and moves the cursor behind each that it took.
 *
 * What was raised before a sink was first configured is not handed on. Of several processes that share their leases one does
 * so at a time; others, or a crash between the sink and the cursor, may hand an alarm on twice.
 *
 * @returns alarms handed on; a sink that throws ends the round
 */
export async function forwardAlarms(context: EngineContext): Promise<number> {
  const { alerts } = context;
  if (!alerts) return 0;
  return (await alone(context, "alerts", (stillAlone) => forward(context, alerts, stillAlone))) ?? 0;
}

async function forward(
  { stores, clock, logger, callSignal: signal }: EngineContext,
  alerts: AlertSink,
  stillAlone: () => Promise<boolean>,
): Promise<number> {
  const first = await stores.config.putIfAbsent(INSTALLATION, CURSOR, String(await stores.alarms.lastId()));
  let done = 0;
  const mutes = new Map<number, ReadonlySet<string>>();
  for (const { addresses: _, acknowledgedBy: __, acknowledgedAt: ___, ...alarm } of await stores.alarms.after(
    Number(first),
    ROWS,
  )) {
    const { tenantId } = alarm;
    const muted =
      mutes.get(tenantId) ?? new Set((await mutedAlarms({ stores, clock, tenantId })).map(({ code }) => code));
    mutes.set(tenantId, muted);
    try {
      if (!muted.has(alarm.code)) await alerts.send(alarm, { signal });
    } catch (error) {
      logger.warn("alerts.failed", { alarmId: alarm.id, code: RecallKitError.is(error) ? error.code : "bug" });
      return 0;
    }
    await stores.config.put(INSTALLATION, CURSOR, String(alarm.id));
    done += 1;
    if (!(await stillAlone())) return done;
  }
  return done;
}
