import { createHash } from "node:crypto";
import { shanghaiTime } from "../provider/shanghai-time.js";
import { aliyunReportOf } from "./aliyun-calls.js";
import type { SmsSimulatorOptions, YunpianAccount } from "./options.js";
import { PROVIDERS, type ProviderName, type TakenMessage, type World } from "./state.js";
import { tencentReportOf } from "./tencent-calls.js";
import { bare, statusOf } from "./yunpian-calls.js";

/** Most reports of one push. */
const MAX_REPORTS = 100;

type Form = (reports: readonly TakenMessage[], account: YunpianAccount) => URLSearchParams | string;

/** Reports in the form of each provider. */
const FORMS: Readonly<Record<ProviderName, Form>> = {
  yunpian: (reports, account) => {
    // Ids are 64 bits wide and written as numbers.
    const json = JSON.stringify(reports.map((report) => statusOf(report, account)));
    return new URLSearchParams({ sms_status: json.replace(/"sid":"(\d+)"/g, '"sid":$1') });
  },
  aliyun: (reports) => JSON.stringify(reports.map(aliyunReportOf)),
  tencent: (reports) => JSON.stringify(reports.map(tencentReportOf)),
};

/** What each provider takes for an acknowledgement; anything else makes it push again. */
const ACKNOWLEDGED: Readonly<Record<ProviderName, (text: string) => boolean>> = {
  yunpian: (text) => text === "SUCCESS" || text === "0",
  aliyun: (text) => /"code"\s*:\s*0\b/.test(text),
  tencent: (text) => /"result"\s*:\s*0\b/.test(text),
};

/** What a round of pushes did. */
export interface PushRound {
  readonly acknowledged: number;
  /** Not acknowledged; they wait for the next round. */
  readonly refused: number;
}

/** Pushes what waits, once; what isn't acknowledged waits on. Told by nobody, nothing is pushed. */
export async function pushOnce(
  world: World,
  account: YunpianAccount,
  options: SmsSimulatorOptions,
): Promise<PushRound> {
  let acknowledged = 0;
  let refused = 0;
  for (const provider of PROVIDERS) {
    const waiting = world.reports.filter((report) => report.provider === provider);
    for (let start = 0; start < waiting.length; start += MAX_REPORTS) {
      const part = waiting.slice(start, start + MAX_REPORTS);
      const url = part[0]?.callbackUrl ?? options.reportUrls?.[provider];
      if (url === undefined) continue;
      if (await isTaken(url, FORMS[provider](part, account), ACKNOWLEDGED[provider])) {
        acknowledged += part.length;
        world.reports = world.reports.filter((report) => !part.includes(report));
      } else refused += part.length;
    }
  }
  for (const reply of options.replyUrl === undefined ? [] : world.replies) {
    const fields = {
      base_extend: "8888",
      extend: "",
      id: reply.id,
      mobile: bare(reply.from),
      reply_time: shanghaiTime(reply.at),
      text: reply.text,
    };
    const sign = signOf(fields, account.apikey);
    const form = new URLSearchParams({ sms_reply: JSON.stringify({ ...fields, _sign: sign }) });
    if (await isTaken(options.replyUrl ?? "", form, ACKNOWLEDGED.yunpian)) {
      acknowledged += 1;
      world.replies = world.replies.filter((one) => one !== reply);
    } else refused += 1;
  }
  return { acknowledged, refused };
}

/** `_sign` of a reply: MD5 of the values by name and the apikey. */
export function signOf(fields: Readonly<Record<string, string>>, apikey: string): string {
  const values = Object.keys(fields)
    .toSorted()
    .map((name) => fields[name] ?? "");
  return createHash("md5")
    .update([...values, apikey].join(","), "utf8")
    .digest("hex");
}

async function isTaken(
  url: string,
  body: URLSearchParams | string,
  isAcknowledged: (text: string) => boolean,
): Promise<boolean> {
  try {
    const headers = typeof body === "string" ? { "content-type": "application/json;charset=utf-8" } : {};
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(10_000),
    });
    return answer.status === 200 && isAcknowledged(await answer.text());
  } catch {
    return false;
  }
}
