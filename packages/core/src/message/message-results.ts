import { checkedReports } from "../delivery/check-answers.js";
import { codeOf } from "../delivery/failure.js";
import { pagesOfChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Channel, DeliveryReport } from "../ports/channel.js";
import type { MessageWrite } from "../ports/message-store.js";
import type { Message, MessageEvent } from "./message.js";
import { moved } from "./message-call.js";
import type { Settler } from "./settler.js";

/** Bounds of the time between two polls of one message, ms. */
const SHORTEST = 10;
const LONGEST = 3_600_000;
const NO_REPORT = "no_report";

/** Messages of one account whose reports are asked for together. */
export interface ReportGroup {
  readonly tenantId: number;
  readonly channel: string;
  readonly messages: readonly Message[];
}

/** Claims accepted messages whose reports are due, at most `limit`. */
export async function claimReports(context: EngineContext, limit: number): Promise<readonly ReportGroup[]> {
  const { stores, owner, clock, timings } = context;
  const now = clock.now();
  const claimed = await stores.transaction((tx) =>
    tx.messages.claim("results", { owner, now, until: now + timings.leaseMs, limit }),
  );
  const groups = new Map<string, Message[]>();
  for (const message of claimed) {
    const name = `${message.tenantId} ${message.channel}`;
    groups.set(name, [...(groups.get(name) ?? []), message]);
  }
  return [...groups.values()].flatMap((messages) => {
    const [first] = messages;
    return first ? [{ tenantId: first.tenantId, channel: first.channel, messages }] : [];
  });
}

/** Polls the reports of a group. Reports only move forward: delivered wins over everything. */
export async function pollReports(context: EngineContext, settler: Settler, group: ReportGroup): Promise<void> {
  const { tenantId, messages } = group;
  const channel = await context.channel(tenantId, group.channel);
  const reports = channel?.results ? await reportsOf(context, channel, messages) : new Map<string, DeliveryReport>();
  const at = context.clock.now();
  const writes: MessageWrite[] = [];
  const events: Omit<MessageEvent, "id">[] = [];
  for (const message of messages) {
    const report = reports.get(message.providerMessageId ?? "");
    const write = report ? reported(message, report, at) : waiting(context, channel, message, at);
    writes.push(write);
    if (write.state !== "accepted") events.push(eventOf(message, write, at));
  }
  await settler.settle({ writes, events });
}

/** The last word about each message that was sent to the address it names. */
async function reportsOf(
  context: EngineContext,
  channel: Channel,
  messages: readonly Message[],
): Promise<ReadonlyMap<string, DeliveryReport>> {
  const owners = new Map(messages.map(({ providerMessageId, address }) => [providerMessageId ?? "", address]));
  const byAddress = new Map(messages.map(({ address, providerMessageId }) => [address ?? "", providerMessageId ?? ""]));
  const known = new Map<string, DeliveryReport>();
  try {
    const ids = [...owners.keys()].filter((id) => id !== "");
    const pages = pagesOfChannel(context, channel.name, (signal) => channel.results?.(ids, { signal }) ?? NO_PAGES);
    for await (const page of pages) {
      for (const report of checkedReports(page).reports) {
        const id = report.providerMessageId ?? byAddress.get(report.address) ?? "";
        const isOurs = owners.get(id) === report.address && report.kind !== "pending";
        if (isOurs && known.get(id)?.kind !== "delivered") known.set(id, report);
      }
    }
  } catch (error) {
    // The next poll brings the same reports again.
    context.logger.warn("message.results_failed", { channel: channel.name, code: codeOf(error) });
  }
  return known;
}

const NO_PAGES: AsyncIterable<readonly DeliveryReport[]> = {
  async *[Symbol.asyncIterator]() {},
};

function reported(message: Message, report: DeliveryReport, at: number): MessageWrite {
  const reportedAt = Math.max(report.at ?? at, message.acceptedAt ?? 0);
  return report.kind === "delivered"
    ? moved(message, "delivered", at, { reportedAt, notBefore: null, reason: null })
    : moved(message, "not_delivered", at, { reportedAt, notBefore: null, reason: report.reason ?? "reported" });
}

/** Nothing is known yet: the next poll, ever later, or the end of waiting. */
function waiting({ timings }: EngineContext, channel: Channel | undefined, message: Message, at: number): MessageWrite {
  const isLate = at >= (message.acceptedAt ?? at) + timings.taskDeadlineMs;
  if (channel?.results && isLate) {
    const { lateReason: reason = NO_REPORT } = channel;
    // Only failures are reported, and none was.
    if (reason === null) return moved(message, "accepted", at, { checks: message.checks + 1, notBefore: null });
    return moved(message, "not_delivered", at, { reportedAt: null, notBefore: null, reason });
  }
  const interval = Math.min(Math.max(timings.resultsPollMs, SHORTEST) * 2 ** Math.min(message.checks + 1, 30), LONGEST);
  return moved(message, "accepted", at, {
    checks: message.checks + 1,
    notBefore: channel?.results ? at + interval : null,
  });
}

function eventOf(message: Message, { state, reason }: MessageWrite, at: number): Omit<MessageEvent, "id"> {
  const { tenantId, id: messageId, attempts: attempt } = message;
  const errorClass = state === "delivered" ? null : "RECIPIENT";
  const detail = reason === null ? null : JSON.stringify({ reason });
  return { tenantId, messageId, node: "callback", outcome: state, errorClass, detail, attempt, at };
}
