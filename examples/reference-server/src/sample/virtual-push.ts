import {
  createRecallKit,
  type KitEvent,
  type Logger,
  type OccurrenceStatus,
  type RecallKit,
  type Report,
  type Rule,
  silentLogger,
  type TenantKit,
} from "@recallkit/core";
import { imageSource } from "@recallkit/core/http";
import type { Channel, Stores } from "@recallkit/core/ports";
import { type VirtualClock, virtualClock } from "@recallkit/core/testing";
import { wecomChannel } from "@recallkit/wecom";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How long staff have, and a poll more. */
const LONGEST_MS = 76 * HOUR;
const SIMULATED = { corpId: "ww-simulator", secret: "simulator-secret" };

export interface VirtualPushOptions {
  readonly stores: Stores;
  readonly tenantId: number;
  /** When it begins, epoch ms; orders at or after this moment do not exist for it. */
  readonly startAt: number;
  /** Makes or finds the rule and sees to it that an occurrence comes; the kit's clock stands at `startAt`. */
  readonly prepare: (kit: TenantKit) => Promise<Rule>;
  /** Orders before it count in the report, epoch ms. */
  readonly reportAt: number;
  /** Share of the staff who confirm. @default 0.8 */
  readonly confirmShare?: number;
  /** @default silent */
  readonly logger?: Logger | undefined;
  readonly onEvent?: ((event: KitEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What came of it. */
export interface VirtualPush {
  readonly rule: Rule;
  /** The last occurrence of the rule. */
  readonly occurrence: OccurrenceStatus | undefined;
  readonly report: Report;
}

/**
 * Runs one push from its rule to its report in virtual time, against a simulator of WeCom over real HTTP.
 *
 * Nothing else may work on the stores meanwhile: to a process with the real clock the push would be long overdue.
 */
export async function runVirtualPush(options: VirtualPushOptions): Promise<VirtualPush> {
  const { stores, tenantId, startAt, reportAt, logger = silentLogger, signal } = options;
  const clock = virtualClock(startAt);
  const confirm = { afterMs: confirmationDelay, share: options.confirmShare ?? 0.8 };
  const simulator = await startWecomSimulator({ clock, staff: 10, corps: [SIMULATED], customers: isFriend, confirm });
  try {
    const channel = channelOf(simulator, stores, clock, logger);
    const engine: RecallKit = createRecallKit({
      stores,
      clock,
      logger,
      channels: async (id) => (id === tenantId ? [channel] : []),
    });
    const stopListening = engine.on((event) => options.onEvent?.(event));
    const kit = engine.forTenant(tenantId);
    const rule = await options.prepare(kit);
    await workUntilReported({ engine, kit, rule, clock, signal });
    stopListening();
    const latest = await kit.occurrences.latest(rule.id);
    return {
      rule,
      occurrence: latest && (await kit.occurrences.status(latest.id)),
      report: await kit.report(rule.id, { asOf: reportAt }),
    };
  } finally {
    await simulator.close();
  }
}

/** Members press "send" between five minutes and five hours after the task came. */
function confirmationDelay({ userid }: { readonly userid: string }): number {
  return (5 + ((numberIn(userid) * 37) % 295)) * MINUTE;
}

/** One in some thirty has left: the provider refuses those. */
function isFriend(externalUserId: string): boolean {
  return externalUserId.startsWith("wm") && numberIn(externalUserId) % 31 !== 7;
}

function numberIn(id: string): number {
  return Number(id.replace(/\D/g, ""));
}

function channelOf(simulator: WecomSimulator, stores: Stores, clock: VirtualClock, logger: Logger): Channel {
  return wecomChannel({
    ...SIMULATED,
    baseUrl: simulator.url,
    images: imageSource({ media: stores.media, clock }),
    miniProgramAppId: "wx-simulator",
    clock,
    logger,
  });
}

/** Moves time on in small steps, then in larger ones, until every batch has its reports or the staff had their time. */
async function workUntilReported(parts: {
  readonly engine: RecallKit;
  readonly kit: TenantKit;
  readonly rule: Rule;
  readonly clock: VirtualClock;
  readonly signal: AbortSignal | undefined;
}): Promise<void> {
  const { engine, kit, rule, clock, signal } = parts;
  const startAt = clock.now();
  while (clock.now() - startAt < LONGEST_MS) {
    signal?.throwIfAborted();
    await engine.tick();
    if (await isReported(kit, rule.id)) return;
    const elapsed = clock.now() - startAt;
    await clock.advance(elapsed < 15 * MINUTE ? MINUTE : elapsed < 6 * HOUR ? 20 * MINUTE : 3 * HOUR);
  }
}

async function isReported(kit: TenantKit, ruleId: number): Promise<boolean> {
  const occurrence = await kit.occurrences.latest(ruleId);
  if (!occurrence || occurrence.finishedAt === null) return false;
  for (let cursor: string | null = null; ; ) {
    const page = await kit.batches.list({ occurrenceId: occurrence.id, cursor });
    if (page.items.some(({ state, settled }) => state === "accepted" && !settled)) return false;
    if (page.nextCursor === null) return true;
    cursor = page.nextCursor;
  }
}
