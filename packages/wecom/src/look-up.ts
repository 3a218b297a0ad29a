import type { FoundMessage } from "@recallkit/core/ports";
import type { WecomClient } from "./client.js";
import { carriesMarker } from "./marker.js";

/** WeCom lists at most one month at a time; this is the shortest one. */
const LONGEST_SPAN_SECONDS = 28 * 86_400;

/**
 * The corp's messages that carry a marker, oldest first.
 *
 * @param from epoch ms; so is `to`; both ends in, to the second
 */
export async function findMessages(
  client: WecomClient,
  marker: string,
  from: number,
  to: number,
  signal: AbortSignal,
  chat_type: "single" | "group" = "single",
): Promise<readonly FoundMessage[]> {
  const found = new Map<string, FoundMessage>();
  const last = Math.ceil(to / 1000);
  for (let start = Math.floor(from / 1000); start <= last; start += LONGEST_SPAN_SECONDS) {
    const end = Math.min(start + LONGEST_SPAN_SECONDS, last);
    const query = { chat_type, filter_type: 0, start_time: start, end_time: end } as const;
    for await (const messages of client.getGroupmsgList(query, { signal })) {
      for (const message of messages) {
        if (!carriesMarker(message, marker)) continue;
        found.set(message.msgid, { providerMessageId: message.msgid, createdAt: message.create_time * 1000 });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.createdAt - b.createdAt);
}
