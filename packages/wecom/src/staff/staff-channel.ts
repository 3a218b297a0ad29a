import { ChannelError, ConfigError } from "@recallkit/core";
import { CHANNEL_SPEC_VERSION, type Channel } from "@recallkit/core/ports";
import { createWecomClient } from "../client.js";
import type { WecomClientOptions } from "../options.js";
import { outcomeOf } from "../outcome.js";
import { checkPlainText, plainTextOf } from "../plain-text.js";

/** Name of the channel. */
const NAME = "wecom-staff";
/** Addresses are userids after it, so that they are never taken for a customer's name. */
const PREFIX = "member:";

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
    checkContent: checkPlainText,
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
        const text = { content: plainTextOf(content) ?? "" };
        const message = { touser: userId, msgtype: "text", agentid: agentId, text };
        const { msgid } = await client.messageSend(message, { writeBy, signal });
        return [{ kind: "accepted", providerMessageId: msgid ?? marker }];
      } catch (error) {
        return [outcomeOf(error)];
      }
    },
  };
}
