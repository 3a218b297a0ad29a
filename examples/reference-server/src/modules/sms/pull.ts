import { idIn } from "@recallkit/sms";
import { receiptOf, replyOf, yunpianClient } from "@recallkit/sms/yunpian";
import type { ServerContext } from "../../frame/context.js";
import type { Job } from "../../frame/server-module.js";
import { renamed } from "./callback-module.js";
import { takeReplies, takeReports } from "./take-over.js";

/** What one turn brought. */
export interface Pulled {
  readonly reports: number;
  readonly replies: number;
}

/** One call brings at most so many. */
const PAGE = 100;
/** Most calls of one turn for one tenant. */
const MOST_CALLS = 50;
const PULL_EVERY_MS = 2000;

/**
 * Fetches what waits at Yunpian for a tenant. Reading takes it away there, so that a process that dies between the answer
 * and the commit loses what the answer held: where it matters let Yunpian push.
 *
 * @returns undefined when the tenant has no account of Yunpian
 * @throws {ChannelError} Yunpian refuses or does not answer; what came before is kept
 */
export async function pullYunpian(
  context: Pick<ServerContext, "stores" | "kit" | "clock" | "config" | "smsAccount">,
  tenantId: number,
  signal: AbortSignal,
): Promise<Pulled | undefined> {
  const account = (await context.smsAccount(tenantId))?.providers.find(({ name }) => name === "yunpian");
  if (account?.name !== "yunpian") return undefined;
  const { clock, config } = context;
  const { apikey, baseUrl } = account;
  const client = yunpianClient({ apikey, baseUrl, clock, timeoutMs: config.providerTimeoutMs });
  const told = { tenantId, provider: "yunpian" } as const;
  const idOf = (id: string) => idIn("yunpian", id);
  const sum = { reports: 0, replies: 0 };
  // A stop ends the turn between two calls: an answer that nobody waits for any more is lost.
  const calm = { signal: new AbortController().signal };
  for (let call = 0, count = PAGE; call < MOST_CALLS && count > 0 && !signal.aborted; call++) {
    const statuses = await client.pullStatus(calm);
    await takeReports(context, told, renamed(statuses.flatMap(receiptOf), idOf));
    count = statuses.length;
    sum.reports += count;
  }
  for (let call = 0, count = PAGE; call < MOST_CALLS && count > 0 && !signal.aborted; call++) {
    const replies = await client.pullReplies(calm);
    const read = replies.flatMap((reply) => replyOf(reply) ?? []);
    await takeReplies(context, told, read);
    count = replies.length;
    sum.replies += count;
  }
  return sum;
}

/** Fetches reports and replies of all tenants' accounts at Yunpian, where that is asked for. */
export const pullJob: Job = {
  name: "sms-pull",
  roles: ["all", "worker"],
  everyMs: PULL_EVERY_MS,
  async run(context, signal) {
    if (!context.config.pullsYunpian) return undefined;
    const { kit, logger } = context;
    for await (const { id } of kit.tenants.all()) {
      if (signal.aborted) break;
      // One tenant's account must not keep the others waiting.
      await pullYunpian(context, id, signal).catch(() => logger.warn("reports.not_pulled", { tenantId: id }));
    }
    return undefined;
  },
};
