import type { MessageContent } from "@recallkit/core";
import * as z from "zod";
import type { CallOptions, EffectOptions } from "../api.js";
import { misconfigured } from "../call-errors.js";
import { createWecomClient } from "../client.js";
import { wecomContent } from "../content.js";
import { idsUpTo, withinLimits } from "../limits.js";
import { findMessages } from "../look-up.js";
import { placeMarker } from "../marker.js";
import { mediaCache } from "../media-cache.js";
import { wecomMessage } from "../message.js";
import { settingsOf } from "../options.js";
import { templateParts } from "../send-batch.js";
import type { WecomChannelOptions } from "../wecom-channel.js";
import { MAX_GROUPS } from "./template.js";

const chatsSchema = z.object({ chatIds: idsUpTo(MAX_GROUPS) });

/** A message to customer groups. */
export interface GroupPost {
  /** Whose images are meant. @default 1 */
  readonly tenantId?: number;
  /** As for customers, without variables. */
  readonly content: MessageContent;
  /** At most 2 000 groups, all owned by the sender; none: the owner chooses. */
  readonly chatIds?: readonly string[];
  /** Userid of the groups' owner. @default `content.sender`, else the option `sender` */
  readonly sender?: string;
  /** 12 characters that stand for this message, by which it is found again. */
  readonly marker: string;
}

/** What became of one group. */
export interface GroupReport {
  readonly chatId: string;
  readonly kind: "delivered" | "not_delivered" | "pending";
  /** Epoch ms. */
  readonly at?: number;
}

/** Mass messages to customer groups (客户群). They are outside of a kit's ledger: who calls keeps what was sent. */
export interface WecomGroups {
  /**
   * Makes a task for the owner; groups that can't be sent to come in `failed`.
   *
   * @throws {ChannelError} class UNKNOWN: look for it with `find` before another try
   */
  send(
    post: GroupPost,
    options?: EffectOptions,
  ): Promise<{ readonly msgid: string; readonly failed: readonly string[] }>;
  /** Ids of messages that carry a marker, oldest first. @param from epoch ms; so is `to` */
  find(marker: string, from: number, to: number, options?: CallOptions): Promise<readonly string[]>;
  /** Groups of a message; those that the owner has not sent to are not among them. */
  results(msgid: string, sender: string, options?: CallOptions): AsyncIterable<readonly GroupReport[]>;
}

/** Customer groups of one corp. @throws {ConfigError} an option is missing or wrong */
export function wecomGroups(options: WecomChannelOptions): WecomGroups {
  const settings = settingsOf(options);
  const client = createWecomClient(options);
  const { images, files, miniProgramAppId } = options;
  const context = { images, files, miniProgramAppId, media: mediaCache(settings, client) };
  const never = new AbortController().signal;
  return {
    async send({ tenantId = 1, content, chatIds = [], marker, ...post }, callOptions = {}) {
      withinLimits("add_msg_template", chatsSchema, { chatIds });
      const said = placeMarker(wecomContent(content), marker);
      const sender = post.sender ?? said.sender ?? options.sender;
      if (sender === undefined) throw misconfigured("customer groups need a sender, who owns them");
      const message = await wecomMessage(context, tenantId, said, callOptions.signal ?? never);
      const target = { chat_type: "group", sender, ...(chatIds.length > 0 && { chat_id_list: chatIds }) } as const;
      const { msgid, fail_list } = await client.addMsgTemplate({ ...target, ...templateParts(message) }, callOptions);
      return { msgid, failed: fail_list };
    },
    async find(marker, from, to, { signal = never } = {}) {
      const found = await findMessages(client, marker, from, to, signal, "group");
      return found.map(({ providerMessageId }) => providerMessageId);
    },
    async *results(msgid, sender, callOptions) {
      for await (const rows of client.getGroupmsgSendResult(msgid, sender, callOptions)) {
        yield rows.flatMap(({ chat_id, status, send_time }) => {
          if (chat_id === undefined) return [];
          const kind = status === 1 ? "delivered" : status === 0 ? "pending" : "not_delivered";
          return [{ chatId: chat_id, kind, ...(status === 1 && send_time && { at: send_time * 1000 }) } as const];
        });
      }
    },
  };
}
