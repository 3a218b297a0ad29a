import { ChannelError, ConfigError, systemClock } from "@recallkit/core";
import { CHANNEL_SPEC_VERSION, type Channel, type SendOutcome } from "@recallkit/core/ports";
import { outcomeOf } from "../outcome.js";
import { OFFICIAL_ACCOUNT } from "./call.js";
import { officialAccountClient } from "./client.js";
import { checkContent, isOpenid, messageOf } from "./content.js";
import { keyWindow } from "./key-window.js";
import type { OfficialAccountOptions } from "./options.js";

/** Most receivers of one mass message. */
const MAX_RECIPIENTS = 10_000;

/** Options of {@link officialAccountChannel}. */
export interface OfficialAccountChannelOptions extends OfficialAccountOptions {
  /** Receivers per message, 2 … 10 000. @default 10000 */
  readonly batchSize?: number | undefined;
}

/**
 * Mass messages of one official account as a channel, to openids.
 *
 * It is `keyed`: the marker goes out as `clientmsgid`, and the platform drops repeats of it for 24 hours, so that a lost answer
 * is cleared up by sending again. It tells nothing of single receivers.
 *
 * @throws {ConfigError} an option is missing or out of range
 */
export function officialAccountChannel(options: OfficialAccountChannelOptions): Channel {
  const { batchSize = MAX_RECIPIENTS } = options;
  if (!Number.isInteger(batchSize) || batchSize < 2 || batchSize > MAX_RECIPIENTS) {
    throw new ConfigError(
      "config.invalid",
      "batchSize",
      `batchSize must be a whole number from 2 to ${MAX_RECIPIENTS}`,
    );
  }
  const client = officialAccountClient(options);
  const { now } = options.clock ?? systemClock;
  const withinWindow = keyWindow(now);
  const invalid: SendOutcome = { kind: "refused", reason: "invalid_address" };

  return {
    name: OFFICIAL_ACCOUNT,
    specVersion: CHANNEL_SPEC_VERSION,
    personal: false,
    addressType: "openid",
    maxBatchSize: batchSize,
    capability: () => "keyed",
    checkContent,
    async prepare(_tenantId, content, { signal }) {
      messageOf(content);
      await client.getAccessToken({ signal });
    },
    async send({ content, marker, recipients, mayBeSentSince }, { writeBy, signal }) {
      const message = messageOf(content);
      const addresses = recipients.map(({ address }) => address);
      if (addresses.length > batchSize) throw tooMany();
      const meant = addresses.filter(isOpenid);
      const [only] = meant;
      if (only === undefined) return addresses.map(() => invalid);
      // The platform takes no list of one; the same openid twice is one message.
      const touser = meant.length === 1 ? [only, only] : meant;
      const toAll = (outcome: SendOutcome) => addresses.map((address) => (isOpenid(address) ? outcome : invalid));
      const outcome = await withinWindow(
        marker,
        async () => {
          try {
            const { msgId } = await client.sendMassMessage(
              { touser, clientmsgid: marker, message },
              { writeBy, signal },
            );
            return { kind: "accepted", providerMessageId: msgId };
          } catch (error) {
            return outcomeOf(error);
          }
        },
        mayBeSentSince,
      );
      return toAll(outcome);
    },
  };
}

function tooMany(): ChannelError {
  return new ChannelError("channel.rejected", "the batch has too many recipients", {
    channel: OFFICIAL_ACCOUNT,
    effect: "REQUEST",
  });
}
