import type { Clock } from "@recallkit/core";
import {
  type BirthdayPolicy,
  LEAP_DAY_POLICIES,
  LEAP_MONTH_POLICIES,
  THIRTIETH_POLICIES,
} from "@recallkit/core/birthday";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { REVISIT_CHANNELS, type RevisitChannel } from "./channels.js";
import { insertAbsent } from "./engine.js";
import { type RevisitDatabase, type Row, revisitTables } from "./tables.js";

/** `test` writes and shows, and sends nothing; `approve` waits for a person; `auto` sends what passed the checks. */
export const REVISIT_MODES = ["test", "approve", "auto"] as const;
export type RevisitMode = (typeof REVISIT_MODES)[number];

/** How an institution greets its people. */
export interface RevisitSettings {
  readonly mode: RevisitMode;
  /** Days before the birthday on which people are found, 0 … 60. */
  readonly daysAhead: number;
  readonly policy: Required<BirthdayPolicy>;
  /** The first by which a person can be reached is taken; at least one. */
  readonly channels: readonly RevisitChannel[];
  /** Epoch ms; null: nobody has set anything. */
  readonly updatedAt: number | null;
  readonly updatedBy: string | null;
}

/** What an institution may change; what is left out stays. */
export type RevisitSettingsPatch = Partial<Pick<RevisitSettings, "mode" | "daysAhead" | "channels">> & {
  readonly policy?: BirthdayPolicy;
};

export const MOST_DAYS_AHEAD = 60;

/** @param daysAhead of institutions that say nothing else */
export async function settingsOf(
  database: RevisitDatabase,
  tenantId: number,
  daysAhead: number,
): Promise<RevisitSettings> {
  const row = await revisitTables(database)
    .selectFrom("rk_revisit_settings")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .executeTakeFirst();
  return row ? read(row, daysAhead) : { ...FRESH, daysAhead };
}

const FRESH = {
  mode: "test",
  policy: { leapDay: "feb28", leapMonth: "leap-month-first", thirtieth: "last-day" },
  channels: REVISIT_CHANNELS,
  updatedAt: null,
  updatedBy: null,
} as const satisfies Omit<RevisitSettings, "daysAhead">;

/** Changes settings; a run that has begun keeps those that it began with. */
export async function putSettings(
  stores: SqlStores,
  clock: Clock,
  tenantId: number,
  {
    patch,
    actor,
    daysAhead,
  }: { readonly patch: RevisitSettingsPatch; readonly actor: string; readonly daysAhead: number },
): Promise<RevisitSettings> {
  return stores.transaction(async (tx) => {
    const tables = revisitTables(tx);
    const before = await settingsOf(tx, tenantId, daysAhead);
    const own = await tables
      .selectFrom("rk_revisit_settings")
      .select("days_ahead")
      .where("tenant_id", "=", tenantId)
      .executeTakeFirst();
    const policy = { ...before.policy, ...patch.policy };
    const row = {
      tenant_id: tenantId,
      mode: patch.mode ?? before.mode,
      days_ahead: patch.daysAhead ?? own?.days_ahead ?? null,
      ...{ leap_day: policy.leapDay, leap_month: policy.leapMonth, thirtieth: policy.thirtieth },
      channels: (patch.channels ?? before.channels).join(","),
      ...{ updated_at: clock.now(), updated_by: actor },
    };
    await tables.deleteFrom("rk_revisit_settings").where("tenant_id", "=", tenantId).execute();
    await insertAbsent(tx, "rk_revisit_settings", [row]);
    return settingsOf(tx, tenantId, daysAhead);
  });
}

function read(row: Row<"rk_revisit_settings">, daysAhead: number): RevisitSettings {
  const channels = row.channels.split(",");
  return {
    // What no version knows any more is as safe as can be.
    mode: oneOf(REVISIT_MODES, row.mode) ?? "test",
    daysAhead: row.days_ahead ?? daysAhead,
    policy: {
      leapDay: oneOf(LEAP_DAY_POLICIES, row.leap_day) ?? "feb28",
      leapMonth: oneOf(LEAP_MONTH_POLICIES, row.leap_month) ?? "leap-month-first",
      thirtieth: oneOf(THIRTIETH_POLICIES, row.thirtieth) ?? "last-day",
    },
    channels: channels.flatMap((name) => oneOf(REVISIT_CHANNELS, name) ?? []),
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

/** The value as one of those that are known. */
export function oneOf<T extends string>(all: readonly T[], value: string): T | undefined {
  return all.find((one) => one === value);
}
