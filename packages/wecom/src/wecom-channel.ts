import { ConfigError } from "@recallkit/core";
import {
  CHANNEL_SPEC_VERSION,
  type Channel,
  type ImageSource,
  isTimeZone,
  type ReceiveQuota,
} from "@recallkit/core/ports";
import { CHANNEL_NAME, isRefusal } from "./call-errors.js";
import { createWecomClient } from "./client.js";
import { checkWecomContent, wecomContent } from "./content.js";
import { confirmationsOf, deliveryReports } from "./delivery-reports.js";
import { ALREADY_CANCELLED } from "./error-map.js";
import type { FileSource } from "./files.js";
import { findMessages } from "./look-up.js";
import { hasMarkerPlace, placeMarker } from "./marker.js";
import { mediaCache } from "./media-cache.js";
import { wecomMessage } from "./message.js";
import { wecomObstacles } from "./obstacles.js";
import { settingsOf, type WecomClientOptions } from "./options.js";
import { sendBatch } from "./send-batch.js";
import { followRelations } from "./sender/follow-relations.js";
import { chosenSender, groupsBySender, type SenderChoice } from "./sender/sender-groups.js";
import { showToStaff } from "./show-to-staff.js";

/** Most customers of one task. @see https://developer.work.weixin.qq.com/document/path/92135 */
const MAX_RECIPIENTS = 10_000;
/** As long as a marker, to see beforehand whether it fits. */
const ANY_MARKER = "A".repeat(12);

/** Options of {@link wecomChannel}. */
export interface WecomChannelOptions extends WecomClientOptions {
  /** Brings the images of messages. @default none: content with an image is refused, class CONFIG */
  readonly images?: ImageSource | undefined;
  /** Brings videos and files of messages, for example `fileSource` of `@recallkit/core/http`. @default none: refused, class CONFIG */
  readonly files?: FileSource | undefined;
  /** Mini program of cards that name none; it must be linked to the corp. */
  readonly miniProgramAppId?: string | undefined;
  /** Userid of the member who is to confirm and send, unless the content names one (`sender`). @default whoever spoke with the customer last */
  readonly sender?: string | undefined;
  /**
   * Userids of the members of whom each customer is sent to by one who follows them, unless the content says otherwise; `["*"]`: all who
   * may serve customers. Not together with `sender`. @default whoever spoke with the customer last
   */
  readonly senders?: readonly string[] | undefined;
  /** Id of the app, for messages to staff. @default none: content can't be shown to staff, class CONFIG */
  readonly agentId?: number | undefined;
  /**
   * How many mass messages one customer can receive, as the corp's admin has set it (群发助手 → 设置群发规则); whoever would be over
   * it is left out with `provider_quota`. What staff send by themselves counts at WeCom and is not known here. `"off"`: nobody is
   * left out. @default { window: "month", max: "days-in-month" }, WeCom's own
   */
  readonly receiveQuota?: ReceiveQuota | "off" | undefined;
  /** Customers per task, 1 … 10 000. @default 10000 */
  readonly batchSize?: number | undefined;
}

/**
 * Mass messages (群发) of one corp as a channel.
 *
 * "accepted" means that a task exists; customers get the message once a member has confirmed it, which `results` tells.
 * A lost answer is cleared up by a marker in a mini-program page, a link card, or the first link of the text.
 *
 * @throws {ConfigError} an option is missing or out of range
 */
export function wecomChannel(options: WecomChannelOptions): Channel {
  const { images, files, miniProgramAppId, agentId, batchSize = MAX_RECIPIENTS } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > MAX_RECIPIENTS) {
    throw new ConfigError(
      "config.invalid",
      "batchSize",
      `batchSize must be a whole number from 1 to ${MAX_RECIPIENTS}`,
    );
  }
  const receiveQuota = checkedQuota(options.receiveQuota);
  const settings = settingsOf(options);
  const client = createWecomClient(settings);
  const media = mediaCache(settings, client);
  const byDefault = checkedChoice(options);
  const relations = followRelations(client, settings);
  const context = {
    client,
    media,
    images,
    files,
    miniProgramAppId,
    byDefault,
    relations,
    clock: settings.clock,
    agentId,
  };

  return {
    name: CHANNEL_NAME,
    specVersion: CHANNEL_SPEC_VERSION,
    personal: false,
    lateReason: "staff_not_confirmed",
    addressType: "external_userid",
    maxBatchSize: batchSize,
    receiveQuota,
    capability: (content) => (hasMarkerPlace(wecomContent(content)) ? "lookup" : "none"),
    checkContent: checkWecomContent,
    obstacles: (tenantId, content) => wecomObstacles(context, tenantId, wecomContent(content)),
    async prepare(tenantId, content, { signal }) {
      await wecomMessage(context, tenantId, placeMarker(wecomContent(content), ANY_MARKER), signal);
      await client.getAccessToken(false, { signal });
    },
    async divide(_tenantId, content, addresses, { signal }) {
      const { sender, senders } = chosenSender(wecomContent(content), byDefault);
      if (sender !== undefined || senders === undefined) return undefined;
      return [...(await groupsBySender(relations, senders, addresses, signal)).values()];
    },
    send: (batch, sendOptions) => sendBatch(context, batch, sendOptions),
    lookUp: ({ marker, from, to }, { signal }) => findMessages(client, marker, from, to, signal),
    async *results(msgids, { signal }) {
      for (const msgid of msgids) yield* deliveryReports(client, msgid, signal);
    },
    confirmations: (msgid, { signal }) => confirmationsOf(client, msgid, signal),
    async cancel(msgid, { signal }) {
      try {
        await client.cancelGroupmsgSend(msgid, { signal });
      } catch (error) {
        if (!isRefusal(error, ALREADY_CANCELLED)) throw error;
      }
    },
    showToStaff: (message, sendOptions) => showToStaff(context, message, sendOptions),
    remind: (msgid, { signal }) => client.remindGroupmsgSend(msgid, { signal }),
  };
}

/** @throws {ConfigError} `config.invalid`: both ways, or members that are none */
function checkedChoice({ sender, senders }: SenderChoice): SenderChoice {
  if (senders === undefined) return { sender };
  if (sender !== undefined)
    throw new ConfigError("config.invalid", "senders", "senders goes without the option sender");
  const [issue] = checkWecomContent({ text: "-", senders });
  if (issue === undefined) return { senders };
  throw new ConfigError("config.invalid", "senders", `senders: ${issue.message}`);
}

/** WeCom's own since 2025. @see https://developer.work.weixin.qq.com/document/path/92135 */
const WECOM_QUOTA: ReceiveQuota = { window: "month", max: "days-in-month" };

/** @throws {ConfigError} `config.invalid`: it is none */
function checkedQuota(quota: ReceiveQuota | "off" | undefined = WECOM_QUOTA): ReceiveQuota | undefined {
  if (quota === "off") return undefined;
  const { window, max, timeZone } = quota;
  const isCount = max === "days-in-month" || (Number.isInteger(max) && max >= 1);
  const isZone = timeZone === undefined || isTimeZone(timeZone);
  if (["day", "week", "month"].includes(window) && isCount && isZone) return quota;
  const message = "receiveQuota must be a window (day, week, month) with a whole number from 1, or off";
  throw new ConfigError("config.invalid", "receiveQuota", message);
}
