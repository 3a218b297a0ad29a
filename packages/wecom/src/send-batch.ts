import { ChannelError, type Clock, RecallKitError } from "@recallkit/core";
import type { OutgoingBatch, SendOptions, SendOutcome } from "@recallkit/core/ports";
import { isRefusal } from "./call-errors.js";
import type { WecomClient } from "./client.js";
import { type WecomContent, wecomContent } from "./content.js";
import { INVALID_MEDIA } from "./error-map.js";
import { placeMarker } from "./marker.js";
import type { MediaCache } from "./media-cache.js";
import { type MessageContext, type WecomMessage, wecomMessage } from "./message.js";
import type { FollowRelations } from "./sender/follow-relations.js";
import { chosenSender, groupsBySender, type SenderChoice } from "./sender/sender-groups.js";

const REJECTED = "rejected_by_provider";
/** Reason of people whom none of the members who may send follows. */
const NO_SENDER = "no_sender";
/** People of a fail list whom the alarm names; it counts all of them. */
const MOST_NAMED = 100;

/** What sending needs besides the batch. */
export interface SendContext extends MessageContext {
  readonly client: WecomClient;
  readonly media: MediaCache;
  readonly clock: Clock;
  readonly relations: FollowRelations;
  /** Who is to send what does not say itself. */
  readonly byDefault: SenderChoice;
}

/**
 * Makes the task for one batch; one outcome per address, in the order given.
 *
 * @throws {ChannelError} only with proof that no task was made
 */
export async function sendBatch(
  context: SendContext,
  batch: OutgoingBatch,
  options: SendOptions,
): Promise<readonly SendOutcome[]> {
  const content = placeMarker(wecomContent(batch.content), batch.marker);
  const addresses = batch.recipients.map(({ address }) => address);
  const { sender, reached, later } = await partOf(context, content, batch, addresses, options.signal);
  if (reached.length === 0) return addresses.map(() => ({ kind: "refused", reason: NO_SENDER }));
  const outcomes = await sendTask(context, { tenantId: batch.tenantId, content, sender }, reached, options);
  if (reached.length === addresses.length) return outcomes;
  const outcomeOf = new Map(reached.map((address, index) => [address, outcomes[index]]));
  const notBefore = context.clock.now();
  return addresses.map(
    (address): SendOutcome =>
      outcomeOf.get(address) ??
      (later.has(address) ? { kind: "deferred", notBefore } : { kind: "refused", reason: NO_SENDER }),
  );
}

/** Who is sent to by this call, and by whom. */
interface Part {
  readonly sender: string | undefined;
  readonly reached: readonly string[];
  /** Customers of another member, whose turn comes. */
  readonly later: ReadonlySet<string>;
}

/**
 * The part of a batch that one task can reach. Batches come divided; where relations changed since, the largest group goes first. A
 * repeat goes to all of them, since whoever may have it already can't be put off: WeCom's failure list tells whom it did not reach.
 */
async function partOf(
  { relations, byDefault }: SendContext,
  content: WecomContent,
  { mayBeSentSince }: OutgoingBatch,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<Part> {
  const { sender, senders } = chosenSender(content, byDefault);
  if (sender !== undefined || senders === undefined) return { sender, reached: addresses, later: new Set() };
  const groups = [...(await groupsBySender(relations, senders, addresses, signal))];
  const [first] = groups.sort(([, a], [, b]) => b.length - a.length);
  if (first === undefined) return { sender, reached: [], later: new Set() };
  const [member, reached] = first;
  if (mayBeSentSince !== undefined) return { sender: member, reached: addresses, later: new Set() };
  return { sender: member, reached, later: new Set(groups.slice(1).flatMap(([, group]) => group)) };
}

interface TaskToMake {
  readonly tenantId: number;
  readonly content: WecomContent;
  readonly sender: string | undefined;
}

async function sendTask(
  context: SendContext,
  task: TaskToMake,
  addresses: readonly string[],
  options: SendOptions,
): Promise<readonly SendOutcome[]> {
  try {
    const { msgid, fail_list } = await addTask(context, task, addresses, options);
    return outcomesOf(addresses, msgid, fail_list, options);
  } catch (error) {
    if (!ChannelError.is(error)) throw error;
    if (error.effect === "UNKNOWN") return addresses.map(() => ({ kind: "unknown", reason: reasonOf(error) }));
    if (error.effect === "RECIPIENT") return addresses.map(() => refusal(error.providerCode));
    throw error;
  }
}

async function addTask(
  context: SendContext,
  { tenantId, content, sender }: TaskToMake,
  addresses: readonly string[],
  { writeBy, signal }: SendOptions,
) {
  const { client, media } = context;
  const attempt = async () => {
    const message = await wecomMessage(context, tenantId, content, signal);
    const recipients = { external_userid: addresses, ...(sender !== undefined && { sender }) };
    const template = { chat_type: "single", ...recipients, ...templateParts(message) } as const;
    const send = () => client.addMsgTemplate(template, { writeBy, signal });
    return { uploads: message.uploads, send };
  };

  const first = await attempt();
  try {
    return await first.send();
  } catch (error) {
    // A refusal made no task, so the same message may go out again with fresh uploads.
    if (!isRefusal(error, INVALID_MEDIA) || first.uploads.length === 0) throw error;
    for (const uploaded of first.uploads) await media.expire(uploaded);
  }
  return (await attempt()).send();
}

/** Text and attachments as a task has them. */
export function templateParts({ text, attachments }: Pick<WecomMessage, "text" | "attachments">) {
  return { ...(text !== undefined && { text: { content: text } }), ...(attachments.length > 0 && { attachments }) };
}

function outcomesOf(
  addresses: readonly string[],
  msgid: string,
  failList: readonly string[],
  { onWarning }: SendOptions,
): readonly SendOutcome[] {
  const failed = new Set(failList);
  const outcomes = addresses.map((address): SendOutcome => {
    return failed.has(address) ? refusal() : { kind: "accepted", providerMessageId: msgid };
  });
  const ours = outcomes.filter(({ kind }) => kind === "refused").length;
  if (ours < failed.size) {
    const detail = `${failed.size - ours} of ${failed.size} ids in fail_list are not in the batch`;
    const meant = new Set(addresses);
    const strangers = [...failed].filter((id) => !meant.has(id)).slice(0, MOST_NAMED);
    onWarning?.({ code: "unknown_ids_in_fail_list", detail, addresses: strangers });
  }
  return outcomes;
}

function refusal(providerCode?: string): SendOutcome {
  return { kind: "refused", reason: REJECTED, ...(providerCode !== undefined && { providerCode }) };
}

/** Why the outcome is unknown, for example `transport.timeout`, `errcode -1`. */
function reasonOf(error: ChannelError): string {
  if (error.providerCode !== undefined) return `errcode ${error.providerCode}`;
  return RecallKitError.is(error.cause) ? error.cause.code : error.code;
}
