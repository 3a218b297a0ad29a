import type { EngineContext } from "../engine/engine-context.js";
import { RecallKitError } from "../errors.js";

const CURSOR = "alerts.cursor";
const ROWS = 100;
const INSTALLATION = 0;

/**
 * Hands alarms of all tenants to the sink, in order of their ids, and moves the cursor behind each that it took.
 *
 * What was raised before a sink was first configured is not handed on. Several processes, or a crash between the sink and
 * the cursor, may hand an alarm on twice.
 *
 * @returns alarms handed on; a sink that throws ends the round
 */
export async function forwardAlarms(context: EngineContext): Promise<number> {
  const { stores, alerts, logger, callSignal: signal } = context;
  if (!alerts) return 0;
  const first = await stores.config.putIfAbsent(INSTALLATION, CURSOR, String(await stores.alarms.lastId()));
  let done = 0;
  for (const { addresses: _, ...alarm } of await stores.alarms.after(Number(first), ROWS)) {
    try {
      await alerts.send(alarm, { signal });
    } catch (error) {
      logger.warn("alerts.failed", { alarmId: alarm.id, code: RecallKitError.is(error) ? error.code : "bug" });
      return 0;
    }
    await stores.config.put(INSTALLATION, CURSOR, String(alarm.id));
    done += 1;
  }
  return done;
}
