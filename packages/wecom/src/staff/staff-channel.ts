import { ChannelError, ConfigError, type MessageContent } from "@recallkit/core";
import { CHANNEL_SPEC_VERSION, type Channel } from "@recallkit/core/ports";
import { createWecomClient } from "../client.js";
import type { WecomClientOptions } from "../options.js";
import { outcomeOf } from "../outcome.js";

/** Name of the channel. */
const NAME = "wecom-staff";
/** Addresses are userids after it, so that they are never taken for a customer's name. */
const PREFIX = "member:";
const MAX_TEXT_BYTES = 2048;

/** Options of {@link staffChannel}. */
export interface StaffChannelOptions extends WecomClientOptions {
  /** The app that writes. */
  readonly agentId: number;
}

/**
 * Direct messages of an app to members of the corp, one each, to `member:<userid>`. Nothing tells a lost answer from a message
 * that was not sent.
 *
 * @throws {ConfigError} an option is missing or wrong
 */
export function staffChannel({ agentId, ...options }: StaffChannelOptions): Channel {
  if (!Number.isInteger(agentId) || agentId < 1) {
    throw new ConfigError("config.invalid", "agentId", "agentId must be the number of the app");
  }
  const client = createWecomClient(options);
  return {
    name: NAME,
    specVersion: CHANNEL_SPEC_VERSION,
    personal: true,
    addressType: "user_name",
    maxBatchSize: 1,
    capability: () => "none",
    checkContent: (content) => {
      const text = textOf(content);
      if (text === undefined) return [{ path: "text", code: "required", message: "is required, and nothing else" }];
      const isLong = Buffer.byteLength(text) > MAX_TEXT_BYTES;
      return isLong ? [{ path: "text", code: "too_big", message: `at most ${MAX_TEXT_BYTES} bytes of UTF-8` }] : [];
    },
    async prepare(_tenantId, _content, { signal }) {
      await client.getAccessToken(false, { signal });
    },
    async send({ recipients: [recipient, ...others] }, { writeBy, signal }) {
      if (recipient === undefined || others.length > 0) {
        const details = { channel: NAME, effect: "REQUEST" } as const;
        throw new ChannelError("channel.rejected", "a message to a member has one recipient", details);
      }
      const { address, content, marker } = recipient;
      const userId = address.startsWith(PREFIX) ? address.slice(PREFIX.length) : "";
      if (!/^[A-Za-z0-9_.@-]{1,64}$/.test(userId)) return [{ kind: "refused", reason: "invalid_address" }];
      try {
        const text = { content: textOf(content) ?? "" };
        const message = { touser: userId, msgtype: "text", agentid: agentId, text };
        const { msgid } = await client.messageSend(message, { writeBy, signal });
        return [{ kind: "accepted", providerMessageId: msgid ?? marker }];
      } catch (error) {
        return [outcomeOf(error)];
      }
    },
  };
}

/** The text of a content that is a text and nothing else. */
function textOf({ text, ...others }: MessageContent): string | undefined {
  return text !== undefined && Object.values(others).every((part) => part === undefined) ? text : undefined;
}
