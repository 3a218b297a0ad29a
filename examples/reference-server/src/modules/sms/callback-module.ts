import { defineRoute, type HttpContext, HttpError, type Module, reply } from "@recallkit/http";
import type { SmsReceipt, SmsReply } from "@recallkit/sms";
import { ALIYUN_ACKNOWLEDGED, readAliyunReplies, readAliyunReports } from "@recallkit/sms/aliyun";
import { readTencentReply, readTencentReports, TENCENT_ACKNOWLEDGED } from "@recallkit/sms/tencent";
import { readYunpianReply, readYunpianReports, YUNPIAN_ACKNOWLEDGED } from "@recallkit/sms/yunpian";
import * as z from "zod";
import type { SmsProviderName } from "../../sms/sms-account.js";
import { smsMigrations } from "./migrations.js";
import { sqlOf } from "./store.js";
import { takeReplies, takeReports } from "./take-over.js";

/** Whose account an address of callbacks belongs to. */
export interface CallbackAccount {
  readonly tenantId: number;
  /** Yunpian signs replies with it. @default none: its replies are refused */
  readonly apikey?: string | undefined;
  /** The address holds a secret, so that also what nobody signs may be a reply. @default false */
  readonly isSecret?: boolean | undefined;
  /** Ids as the channel knows them; of a member of a `providerGroup`: `(id) => idIn("yunpian", id)`. @default as they are */
  readonly idOf?: ((providerMessageId: string) => string) | undefined;
}

/** Finds the account of an address; undefined: there is none. */
export type FindAccount<C extends HttpContext> = (
  context: C,
  provider: SmsProviderName,
  accountKey: string,
) => Promise<CallbackAccount | undefined>;

/** 100 reports of Yunpian are some 40 KB. */
const MAX_BYTES = 512 * 1024;

const REFUSED = { status: 403, code: "callback.refused" } as const;

/** What was told, in the words of the package. */
type Read = { readonly receipts: readonly SmsReceipt[] } | { readonly replies: readonly SmsReply[] };

const READERS: Readonly<
  Record<SmsProviderName, { read(body: string, account: CallbackAccount): Read | undefined; readonly answer: unknown }>
> = {
  yunpian: {
    answer: YUNPIAN_ACKNOWLEDGED,
    read(body, { apikey }) {
      const form = new URLSearchParams(body);
      if (form.has("sms_reply")) {
        const one = apikey === undefined ? undefined : readYunpianReply(form, apikey);
        return one && { replies: [one] };
      }
      return receiptsOf(readYunpianReports(form));
    },
  },
  aliyun: {
    answer: ALIYUN_ACKNOWLEDGED,
    read(body, { isSecret = false }) {
      const json = jsonOf(body);
      const receipts = readAliyunReports(json);
      if (receipts) return { receipts };
      const replies = isSecret ? readAliyunReplies(json) : undefined;
      return replies && { replies };
    },
  },
  tencent: {
    answer: TENCENT_ACKNOWLEDGED,
    read(body, { isSecret = false }) {
      const json = jsonOf(body);
      const receipts = readTencentReports(json);
      if (receipts) return { receipts };
      const one = isSecret ? readTencentReply(json) : undefined;
      return one && { replies: [one] };
    },
  },
};

/**
 * `/api/callbacks/:provider/:account_key`: what Yunpian, Aliyun and Tencent tell of messages and replies. Everything that is
 * refused is refused alike.
 */
export function smsCallbacks<C extends HttpContext>(findAccount: FindAccount<C>) {
  return {
    name: "sms-callbacks",
    migrations: smsMigrations,
    texts: { "callback.refused": { zh: "回调被拒绝", en: "The callback was refused" } },
    tags: { "回调 / Callbacks": "服务商的状态报告与回复 / reports and replies of providers" },
    routes: [
      defineRoute({
        method: "post",
        path: "/api/callbacks/:provider/:account_key",
        auth: "public",
        limit: "callback",
        refusal: REFUSED,
        tags: ["回调 / Callbacks"],
        summary: "短信状态报告与上行回复 / Reports and replies of SMS",
        description:
          "云片 yunpian（表单 sms_status、sms_reply）、阿里云 aliyun 与腾讯云 tencent（JSON）。环境变量中的账号 account_key 为 default，各商户的地址见 `recallkit sms callbacks`。重复推送不会重复生效；任何被拒绝的回调答复相同。",
        accepts: { mediaTypes: ["*/*"], maxBytes: MAX_BYTES },
        request: {
          params: z.strictObject({ provider: z.string(), account_key: z.string() }),
          body: z.instanceof(Buffer),
        },
        produces: "text/plain",
        response: z.union([z.literal(YUNPIAN_ACKNOWLEDGED), z.looseObject({})]),
        errors: { 403: { description: "被拒绝 / refused" } },
        async handler({ params, body, context }) {
          const provider = isProvider(params.provider) ? params.provider : undefined;
          // The frame hands over the context of the app that the module was made for.
          const account = provider && (await findAccount(context as C, provider, params.account_key));
          const told = provider && account && READERS[provider].read(body.toString("utf8"), account);
          if (!provider || !account || !told) throw new HttpError(REFUSED.status, REFUSED.code);
          const { tenantId, idOf = (id: string) => id } = account;
          const desk = { stores: sqlOf(context.stores), kit: context.kit, clock: context.clock };
          if ("replies" in told) await takeReplies(desk, { tenantId, provider }, told.replies);
          else await takeReports(desk, { tenantId, provider }, renamed(told.receipts, idOf));
          return reply(READERS[provider].answer);
        },
      }),
    ],
  } satisfies Module;
}

/** Receipts under the ids that the channel gives. */
export function renamed(receipts: readonly SmsReceipt[], idOf: (id: string) => string): readonly SmsReceipt[] {
  return receipts.map((one) => ({ ...one, providerMessageId: idOf(one.providerMessageId) }));
}

function receiptsOf(receipts: readonly SmsReceipt[] | undefined): Read | undefined {
  return receipts && { receipts };
}

function isProvider(name: string): name is SmsProviderName {
  return Object.hasOwn(READERS, name);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
