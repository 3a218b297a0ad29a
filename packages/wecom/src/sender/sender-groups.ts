import type { FollowRelations } from "./follow-relations.js";

/** Who is to send a message. */
export interface SenderChoice {
  /** One member for all; undefined: as `senders` say, else WeCom chooses. */
  readonly sender?: string | undefined;
  /** Members of whom each customer gets the message from one who follows them; `["*"]`: of all who may serve customers. */
  readonly senders?: readonly string[] | undefined;
}

/** The choice of a message, else that of the channel. */
export function chosenSender(ofContent: SenderChoice, ofChannel: SenderChoice): SenderChoice {
  return ofContent.sender !== undefined || ofContent.senders !== undefined ? ofContent : ofChannel;
}

/** Customers by the member who sends to them; those whom none of the members follows are in no group. Ordered by userid. */
export async function groupsBySender(
  relations: FollowRelations,
  senders: readonly string[],
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const book = await relations.among(senders, signal);
  const groups = new Map<string, string[]>();
  for (const address of addresses) {
    const sender = book.senderOf(address);
    if (sender === undefined) continue;
    const group = groups.get(sender);
    if (group) group.push(address);
    else groups.set(sender, [address]);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
