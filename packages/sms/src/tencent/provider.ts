import { ChannelError } from "@recallkit/core";
import type { SendOptions, SendOutcome } from "@recallkit/core/ports";
import * as z from "zod";
import { outcomesOfLoss, settledRefusal } from "../provider/code-rule.js";
import { refusedBefore, untoldCall } from "../provider/errors.js";
import { exchange, jsonOf } from "../provider/exchange.js";
import type { SmsMessage, SmsProvider } from "../provider/sms-provider.js";
import { codeRule } from "./codes.js";
import { type TencentOptions, type TencentSettings, tencentSettings } from "./options.js";
import { authorizationOf, CONTENT_TYPE } from "./sign.js";

const answerSchema = z.object({
  Response: z.union([
    z.object({ Error: z.object({ Code: z.string() }) }),
    z.object({ SendStatusSet: z.array(z.object({ SerialNo: z.string().nullish(), Code: z.string() })).min(1) }),
  ]),
});

/**
 * Tencent Cloud's SMS (2021-01-11) as a provider: approved templates, one call per person, whose values are their own. What it
 * offers for asking by number tells of deliveries only, so that a lost answer stays lost.
 *
 * @throws {ConfigError} an option is missing or unusable
 * @see https://cloud.tencent.com/document/api/382/55981
 */
export function tencentProvider(options: TencentOptions): SmsProvider {
  const settings = tencentSettings(options);
  return {
    name: "tencent",
    maxBatchSize: 1,
    capability: "none",
    sends: "template",
    send: (messages, sendOptions) => send(settings, messages, sendOptions),
  };
}

async function send(
  settings: TencentSettings,
  messages: readonly SmsMessage[],
  { writeBy, signal }: SendOptions,
): Promise<readonly SendOutcome[]> {
  const [message] = messages;
  if (!message?.template || messages.length > 1) throw refusedBefore("one message with a template per call");
  const { secretId, secretKey, sdkAppId, region, baseUrl, clock } = settings;
  const { id, params } = message.template;
  const body = JSON.stringify({
    PhoneNumberSet: [message.to],
    SmsSdkAppId: sdkAppId,
    SignName: message.signature,
    TemplateId: id,
    TemplateParamSet: Object.values(params),
    SessionContext: message.marker,
  });
  const at = clock.now();
  const headers = {
    "content-type": CONTENT_TYPE,
    "x-tc-action": "SendSms",
    "x-tc-version": "2021-01-11",
    "x-tc-timestamp": String(Math.floor(at / 1000)),
    "x-tc-region": region,
    authorization: authorizationOf({ host: new URL(baseUrl).host, body, at, secretId, secretKey }),
  };
  const call = { name: "SendSms", kind: "effect", url: `${baseUrl}/`, headers, body, writeBy, signal } as const;
  try {
    const { status, text } = await exchange(settings, call);
    const answer = answerSchema.safeParse(jsonOf(text));
    if (!answer.success) throw untoldCall("SendSms", "effect", `HTTP ${status} in another form`);
    const { Response } = answer.data;
    const [sent] = "Error" in Response ? [{ Code: Response.Error.Code, SerialNo: undefined }] : Response.SendStatusSet;
    const code = sent?.Code ?? "";
    if (code !== "Ok") return [settledRefusal("SendSms", codeRule(code, at), code, at)];
    if (!sent?.SerialNo) return [{ kind: "unknown", reason: "accepted without an id" }];
    return [{ kind: "accepted", providerMessageId: sent.SerialNo }];
  } catch (error) {
    if (!ChannelError.is(error)) throw error;
    return outcomesOfLoss(error, 1);
  }
}
