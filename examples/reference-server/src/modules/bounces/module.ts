import * as z from "zod";
import { serverModule, serverRoute } from "../../frame/server-module.js";
import { bouncesHousekeeping } from "./housekeeping.js";
import { bouncesMigrations } from "./migrations.js";
import { takeBounce } from "./service.js";

const LARGEST = 1024 * 1024;

/** Mails that come back: whose mailbox is none, or who complains, gets no further mails. */
export const bouncesModule = serverModule({
  name: "bounces",
  migrations: bouncesMigrations,
  tenantTables: [{ name: "rk_bounces", key: ["provider_message_id", "address", "kind"] }],
  jobs: [bouncesHousekeeping],
  routes: [
    serverRoute({
      method: "post",
      path: "/api/messages/bounces",
      auth: "messages:bounces",
      tags: ["消息 / Messages"],
      summary: "退信与投诉 / A mail that came back",
      description:
        "邮件服务器把退信地址收到的原始邮件（RFC 3464 退信、RFC 5965 投诉）原样提交；不是退信、或不是本商户发出的邮件，答 taken: 0。地址不存在或被投诉的收件人从此不再收到邮件。",
      accepts: { mediaTypes: ["message/rfc822", "application/octet-stream"], maxBytes: LARGEST },
      request: { body: z.instanceof(Buffer) },
      response: z.strictObject({
        taken: z.int().describe("本商户的邮件中被退回或投诉的数目 / our mails that it is about"),
        suppressed: z.int().describe("从此不再收到邮件的地址数 / addresses that get no mails any more"),
      }),
      example: { response: { taken: 1, suppressed: 1 } },
      handler: ({ body, context, session }) => takeBounce(context, session.tenantId, body),
    }),
  ],
  permissions: {
    "messages:bounces": { summary: "提交退信 / hand in mails that came back", isScope: true },
  },
});
