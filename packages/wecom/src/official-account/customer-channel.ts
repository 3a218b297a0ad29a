import { ChannelError } from "@recallkit/core";
import { CHANNEL_SPEC_VERSION, type Channel } from "@recallkit/core/ports";
import { outcomeOf } from "../outcome.js";
import { officialAccountClient } from "./client.js";
import { checkContent, isOpenid, messageOf } from "./content.js";
import type { OfficialAccountOptions } from "./options.js";

/** Name of the channel. */
const NAME = "official-account-customer";

/**
 * Customer messages (客服消息) of one official account as a channel: one each, to those who did something within 48 hours; all
 * others are refused by the platform (45015, 45047). Nothing tells a lost answer from a message that was not sent.
 *
 * @throws {ConfigError} an option is missing or wrong
 */
export function customerMessageChannel(options: OfficialAccountOptions): Channel {
  const client = officialAccountClient(options);
  return {
    name: NAME,
    specVersion: CHANNEL_SPEC_VERSION,
    personal: true,
    addressType: "openid",
    maxBatchSize: 1,
    capability: () => "none",
    checkContent,
    async prepare(_tenantId, _content, { signal }) {
      await client.getAccessToken({ signal });
    },
    async send({ recipients: [recipient, ...others] }, { writeBy, signal }) {
      if (recipient === undefined || others.length > 0) {
        const details = { channel: NAME, effect: "REQUEST" } as const;
        throw new ChannelError("channel.rejected", "a customer message has one recipient", details);
      }
      const { address, content, marker } = recipient;
      if (!isOpenid(address)) return [{ kind: "refused", reason: "invalid_address" }];
      try {
        await client.sendCustomerMessage(address, messageOf(content), { writeBy, signal });
        // The platform gives no id; the marker is as good.
        return [{ kind: "accepted", providerMessageId: marker }];
      } catch (error) {
        return [outcomeOf(error)];
      }
    },
  };
}
