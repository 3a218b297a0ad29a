import { ChannelError } from "@recallkit/core";
import { CHANNEL_SPEC_VERSION, type Channel, type DeliveryReport } from "@recallkit/core/ports";
import { createWecomClient } from "../client.js";
import { REPEATED_KEY } from "../error-map.js";
import type { WecomClientOptions } from "../options.js";
import { outcomeOf } from "../outcome.js";
import { checkPlainText, plainTextOf } from "../plain-text.js";

/** Name of the channel. */
const NAME = "wecom-kf";
/** Addresses begin with it, so that they are never taken for a customer's name. */
const PREFIX = "kf:";

/** A customer of a service account. */
export interface KfPlace {
  readonly openKfid: string;
  readonly externalUserId: string;
}

/** A message that did not reach the customer after all, as the event `msg_send_fail` tells. */
export interface KfFailure {
  /** The id that {@link kfChannel} gave the message. */
  readonly providerMessageId: string;
  /** As {@link kfAddress} writes it. */
  readonly address: string;
  /** By {@link kfFailure}. */
  readonly reason: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Options of {@link kfChannel}. */
export interface KfChannelOptions extends WecomClientOptions {
  /**
   * What was told of messages by their ids: WeCom takes a message first and says later, among what `kf/sync_msg` tells, that it
   * did not arrive.
   *
   * @default nothing is known: what was taken counts as it is
   */
  readonly failures?: ((providerMessageIds: readonly string[]) => Promise<readonly KfFailure[]>) | undefined;
}

/** The address of a customer in a service account, for {@link kfChannel}. */
export function kfAddress({ openKfid, externalUserId }: KfPlace): string {
  return `${PREFIX}${openKfid}:${externalUserId}`;
}

/** The same read; undefined: it is no such address. */
function placeOf(address: string): KfPlace | undefined {
  const [, openKfid, externalUserId] = /^kf:([A-Za-z0-9_-]{1,64}):([A-Za-z0-9_-]{1,64})$/.exec(address) ?? [];
  return openKfid === undefined || externalUserId === undefined ? undefined : { openKfid, externalUserId };
}

const FAILURES: Readonly<Record<number, string>> = {
  1: "account_deleted",
  2: "app_closed",
  4: "window_over",
  5: "session_closed",
  6: "window_used_up",
  8: "subject_unverified",
  10: "customer_refused",
  11: "nobody_logged_in",
  12: "type_forbidden",
  13: "content_refused",
};

/** What `fail_type` of the event `msg_send_fail` means, in a word. @see https://developer.work.weixin.qq.com/document/path/94670 */
export function kfFailure(failType: number): string {
  return FAILURES[failType] ?? "not_delivered";
}

/**
 * Texts to customers of 微信客服, one each, to `kf:<open_kfid>:<external_userid>`: five within 48 hours of what the customer wrote
 * last, all others are refused by WeCom (95001, 95002). The marker is the message's `msgid`, so that a repeat is none.
 *
 * @throws {ConfigError} an option is missing or wrong
 * @see https://developer.work.weixin.qq.com/document/path/94677
 */
export function kfChannel({ failures, ...options }: KfChannelOptions): Channel {
  const client = createWecomClient(options);
  return {
    name: NAME,
    specVersion: CHANNEL_SPEC_VERSION,
    personal: true,
    addressType: "user_name",
    maxBatchSize: 1,
    capability: () => "keyed",
    checkContent: checkPlainText,
    async prepare(_tenantId, _content, { signal }) {
      await client.getAccessToken(false, { signal });
    },
    async send({ recipients: [recipient, ...others] }, { writeBy, signal }) {
      if (recipient === undefined || others.length > 0) {
        const details = { channel: NAME, effect: "REQUEST" } as const;
        throw new ChannelError("channel.rejected", "a message to a customer has one recipient", details);
      }
      const { address, content, marker } = recipient;
      const place = placeOf(address);
      if (place === undefined) return [{ kind: "refused", reason: "invalid_address" }];
      try {
        const message = {
          ...{ touser: place.externalUserId, open_kfid: place.openKfid, msgid: marker, msgtype: "text" },
          text: { content: plainTextOf(content) ?? "" },
        };
        const providerMessageId = await client.kfSendMsg(message, { writeBy, signal });
        return [{ kind: "accepted", providerMessageId }];
      } catch (error) {
        // An earlier attempt whose answer was lost did it.
        const isSent = ChannelError.is(error) && error.providerCode === String(REPEATED_KEY);
        return [isSent ? { kind: "accepted", providerMessageId: marker } : outcomeOf(error)];
      }
    },
    ...(failures && {
      async *results(ids: readonly string[]): AsyncGenerator<readonly DeliveryReport[]> {
        yield (await failures(ids)).map(
          ({ at, ...failure }): DeliveryReport => ({ ...failure, kind: "not_delivered", at }),
        );
      },
    }),
  };
}
