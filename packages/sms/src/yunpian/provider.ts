import { ChannelError } from "@recallkit/core";
import type { CallOptions, FoundMessage, SendOptions, SendOutcome } from "@recallkit/core/ports";
import { mainlandDigits, toE164 } from "../number/mobile-number.js";
import { HALT_MS, outcomeOfRule } from "../provider/code-rule.js";
import { refusedBefore, refusedCall, unknownReason } from "../provider/errors.js";
import { fromShanghaiTime } from "../provider/shanghai-time.js";
import type { SmsLookUp, SmsMessage, SmsProvider } from "../provider/sms-provider.js";
import type { SentItem } from "./answers.js";
import { type YunpianClient, yunpianClient } from "./client.js";
import { codeRule } from "./codes.js";
import { type YunpianOptions, yunpianSettings } from "./options.js";

/** Most numbers of one call. @see https://www.yunpian.com/official/document/sms/zh_CN/domestic_batch_send */
const MAX_NUMBERS = 1000;
/** Records of one number in one look-up; more than this many of one push to one person there are never. */
const MOST_PAGES = 5;
const PAGE = 100;

/**
 * Yunpian as a provider: a text of its own per person goes out by `multi_send`, one text for all by `batch_send`.
 *
 * A lost answer is cleared up by the records of the number: by `uid` where support enabled it, else by the exact text.
 *
 * @throws {ConfigError} an option is missing or unusable
 */
export function yunpianProvider(options: YunpianOptions): SmsProvider {
  const settings = yunpianSettings(options);
  const client = yunpianClient({ ...options, transport: settings.transport });
  return {
    name: "yunpian",
    // One uid stands for a whole call, so that with marks of their own people go one by one.
    maxBatchSize: settings.uid ? 1 : MAX_NUMBERS,
    capability: "lookup",
    sends: "text",
    send: (messages, sendOptions) => sendAll(client, settings.clock.now(), settings.uid, messages, sendOptions),
    lookUp: (query, callOptions) => lookUp(client, settings.uid, query, callOptions),
  };
}

async function sendAll(
  client: YunpianClient,
  now: number,
  hasUid: boolean,
  messages: readonly SmsMessage[],
  { writeBy, signal, onWarning }: SendOptions,
): Promise<readonly SendOutcome[]> {
  const [first] = messages;
  if (!first || messages.length > MAX_NUMBERS) throw refusedBefore(`1 … ${MAX_NUMBERS} numbers per call`);
  const options = { writeBy, signal, ...(hasUid && { uid: first.marker }) };
  const mobiles = messages.map(({ to }) => mobileOf(to));
  const isSame = messages.every(({ text }) => text === first.text);
  try {
    const items =
      messages.length === 1
        ? [await client.singleSend(mobiles[0] ?? "", first.text, options)]
        : isSame
          ? await client.batchSend(mobiles, first.text, options)
          : await client.multiSend(
              messages.map(({ text }, at) => ({ mobile: mobiles[at] ?? "", text })),
              options,
            );
    const outcomes = outcomesOf(mobiles, items, now);
    const halted = items.find(({ code }) => codeRule(code).kind === "halted");
    if (halted) {
      const rule = codeRule(halted.code);
      if (
        rule.kind === "halted" &&
        items.length === mobiles.length &&
        items.every(({ code }) => codeRule(code).kind === "halted")
      ) {
        throw refusedCall("send", rule.effect, String(halted.code), { hint: rule.hint });
      }
      onWarning?.({ code: "provider_halted", detail: `code ${halted.code}` });
    }
    return outcomes;
  } catch (error) {
    if (!ChannelError.is(error)) throw error;
    return outcomesOfFailure(error, messages.length, now);
  }
}

/** Outcomes by number: Yunpian answers in the order given, but leaves that open. */
function outcomesOf(mobiles: readonly string[], items: readonly SentItem[], now: number): readonly SendOutcome[] {
  const byNumber = new Map<string, SentItem[]>();
  for (const item of items) {
    const key = keyOf(item.mobile);
    byNumber.set(key, [...(byNumber.get(key) ?? []), item]);
  }
  return mobiles.map((mobile): SendOutcome => {
    const item = byNumber.get(keyOf(mobile))?.shift();
    if (!item) return { kind: "unknown", reason: "not in the answer" };
    const { code, sid } = item;
    if (code === 0) {
      return sid ? { kind: "accepted", providerMessageId: sid } : { kind: "unknown", reason: "accepted without an id" };
    }
    return outcomeOfRule(codeRule(code), String(code), now);
  });
}

/** What a refused call means for its people. @throws the error, where it proves that nothing was sent */
function outcomesOfFailure(error: ChannelError, count: number, now: number): readonly SendOutcome[] {
  const all = (outcome: SendOutcome) => Array.from({ length: count }, () => outcome);
  if (error.effect === "UNKNOWN") return all({ kind: "unknown", reason: unknownReason(error) });
  if (error.effect === "DEFER") return all({ kind: "deferred", notBefore: now + (error.retryAfterMs ?? HALT_MS) });
  if (error.effect === "RECIPIENT") {
    const code = error.providerCode ?? "";
    const rule = codeRule(Number(code));
    return all({
      kind: "refused",
      reason: rule.kind === "refused" ? rule.reason : "rejected_by_provider",
      providerCode: code,
    });
  }
  throw error;
}

async function lookUp(
  client: YunpianClient,
  hasUid: boolean,
  { messages, from, to }: SmsLookUp,
  options: CallOptions,
): Promise<readonly FoundMessage[]> {
  const found: FoundMessage[] = [];
  for (const { to: address, text, marker } of messages) {
    const mobile = mobileOf(address);
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      // Times are whole seconds.
      const records = await client.records({ from: from - 1000, to: to + 1000, mobile, page, pageSize: PAGE }, options);
      for (const record of records) {
        const isOurs = hasUid && record.uid ? record.uid === marker : record.text === text;
        if (!isOurs || keyOf(record.mobile) !== keyOf(mobile)) continue;
        found.push({ providerMessageId: record.sid, createdAt: fromShanghaiTime(record.send_time) ?? from, address });
      }
      if (records.length < PAGE) break;
    }
  }
  return found.toSorted((a, b) => a.createdAt - b.createdAt);
}

/** Numbers of mainland China go without `+86`. */
function mobileOf(e164: string): string {
  return mainlandDigits(e164) ?? e164;
}

/** A number however the answer writes it. */
function keyOf(mobile: string): string {
  return toE164(mobile) ?? mobile;
}
