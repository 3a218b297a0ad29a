import type { Clock } from "../clock.js";
import { NotFoundError } from "../errors.js";
import type { Stores } from "../ports/stores.js";
import type { Alarm } from "./delivery.js";

const KEY = "alarms.muted";
/** Codes that can be muted at once. */
const MOST = 200;

/** A kind of alarm that is told to nobody for a while; its rows and log lines stay. */
export interface AlarmMute {
  /** Code of the alarms. */
  readonly code: string;
  /** Until when, epoch ms. */
  readonly until: number;
  /** Who said so. */
  readonly by: string;
}

interface MuteContext {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly tenantId: number;
}

/** What is muted now, by code. */
export async function mutedAlarms({ stores, clock, tenantId }: MuteContext): Promise<readonly AlarmMute[]> {
  return (await keptMutes(stores, tenantId)).filter(({ until }) => until > clock.now());
}

/** Mutes alarms of a code until an instant; one that is over, or now, ends it. @returns what is muted now */
export async function muteAlarms(context: MuteContext, mute: AlarmMute): Promise<readonly AlarmMute[]> {
  const { stores, clock, tenantId } = context;
  return stores.transaction(async (tx) => {
    // Held: two who mute at once both have their way.
    if (!(await tx.tenants.get(tenantId, "exclusive")))
      throw new NotFoundError("tenant.not-found", `no tenant ${tenantId}`);
    const others = (await keptMutes(tx, tenantId)).filter(
      ({ code, until }) => code !== mute.code && until > clock.now(),
    );
    const now = [...others, ...(mute.until > clock.now() ? [mute] : [])]
      .sort((a, b) => (a.code < b.code ? -1 : 1))
      .slice(0, MOST);
    await tx.config.put(tenantId, KEY, JSON.stringify(now));
    return now;
  });
}

/** Somebody looks after an alarm. @throws {NotFoundError} `alarm.not-found` */
export async function acknowledgeAlarm(
  { stores, clock, tenantId }: MuteContext,
  id: number,
  by: string,
): Promise<Alarm> {
  const alarm = await stores.alarms.acknowledge(tenantId, id, { by, at: clock.now() });
  if (!alarm) throw new NotFoundError("alarm.not-found", `no alarm ${id}`);
  return alarm;
}

async function keptMutes({ config }: Pick<Stores, "config">, tenantId: number): Promise<readonly AlarmMute[]> {
  const kept = await config.get(tenantId, KEY);
  // Written by `muteAlarms` alone.
  return kept === undefined ? [] : (JSON.parse(kept) as readonly AlarmMute[]);
}
