import type { PushFilter, PushResult, Statistics } from "@recallkit/core";
import { addDays, formatLocal, isLocalDate, parseInstant, startOfDay } from "@recallkit/core/ports";
import type { ShowAddress } from "@recallkit/http";
import type * as z from "zod";
import type { resultsAnswer, statisticsAnswer } from "./answers.js";
import { sentAttachments, sentContent } from "./attachments.js";
import type { statisticsBody } from "./schema.js";

const SECOND_MS = 1000;

/** How the figures are counted, told with them. */
const MEANING =
  "按触发时间筛选，测试推送不计；人数按客户去重；推送人数为服务商结果已知的人数，推送成功人数 = 推送人数 − 推送失败人数（服务商已受理，不等于已送达）；订单归因于下单前 7 天内最近一次推送，产生订单数与购买用户数均按此计算；比率为 0-1 的小数，无分母时为 null。";

/** The kit's filter of a period in the tenant's zone, both ends in; a day lasts to its end, a time to the end of its second. */
export function periodFilter(
  {
    id,
    searchText,
    startTime,
    endTime,
  }: Pick<z.output<typeof statisticsBody>, "id" | "searchText" | "startTime" | "endTime">,
  timeZone: string,
): PushFilter {
  const from = startTime === undefined ? undefined : beginOf(startTime, timeZone);
  const to = endTime === undefined ? undefined : endOf(endTime, timeZone);
  return {
    ...(id !== undefined && { ruleId: id }),
    ...(searchText && { search: searchText }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

function beginOf(text: string, timeZone: string): number {
  return isLocalDate(text) ? startOfDay(text, timeZone) : (parseInstant(text, timeZone) ?? 0);
}

function endOf(text: string, timeZone: string): number {
  return isLocalDate(text) ? startOfDay(addDays(text, 1), timeZone) : (parseInstant(text, timeZone) ?? 0) + SECOND_MS;
}

type ResultShape = z.input<typeof resultsAnswer>["data"]["data"][number];

/** A batch as the documents keep it. */
export function resultShape(result: PushResult, timeZone: string, show: ShowAddress): ResultShape {
  const { batchId, ruleName, content, members, leftOut, providerMessageId, attemptedAt, state, reason } = result;
  return {
    id: batchId,
    name: ruleName,
    result: {
      external_userid: members.map(({ address }) => show(address)),
      left_out: leftOut.map(({ address, ...rest }) => ({ external_userid: show(address), ...rest })),
      content: content.text ?? "",
      attachments: [...sentAttachments(sentContent(content))],
      add: {
        ...answerOf(result),
        fail_list: members.flatMap((member) => (member.state === "failed" ? [show(member.address)] : [])),
        msgid: providerMessageId ?? "",
      },
    },
    created_at: formatLocal(attemptedAt, timeZone),
    pushId: result.ruleId,
    occurrenceId: result.occurrenceId,
    number: result.number,
    channel: result.channel,
    state,
    reason,
  };
}

/** What the provider said; -1 where it said nothing that is known. */
function answerOf({ providerMessageId, attemptClass, answer, reason, state }: PushResult) {
  if (providerMessageId !== null) return { errcode: 0, errmsg: "ok" };
  return { errcode: providerCodeIn(answer), errmsg: reason ?? attemptClass ?? state };
}

function providerCodeIn(answer: string | null): number {
  const code = Number(/"provider":"(-?\d{1,9})"/.exec(answer ?? "")?.[1] ?? -1);
  return code === 0 ? -1 : code;
}

type StatisticsShape = z.input<typeof statisticsAnswer>["data"];

/** The figures under their documented names. */
export function statisticsShape(figures: Statistics): StatisticsShape {
  const { pushed, succeeded, failed, successRate, orders, ordersPerRecipient, buyers, buyerRate } = figures;
  const { delivered, waiting, notDelivered, unknown, deliveredRate, accepted, audience } = figures;
  return {
    推送人数: pushed,
    推送成功人数: succeeded,
    推送失败人数: failed,
    推送成功率: successRate,
    产生订单数: orders,
    订单转化率: ordersPerRecipient,
    购买用户数: buyers,
    用户转化率: buyerRate,
    已送达人数: delivered,
    待成员确认人数: waiting,
    未送达人数: notDelivered,
    结果未知人数: unknown,
    送达率: deliveredRate,
    口径: MEANING,
    audience,
    accepted,
    delivered,
    notDelivered,
    waiting,
    unknown,
    revenueMinor: figures.revenueMinor,
    refundedMinor: figures.refundedMinor,
    netRevenueMinor: figures.netRevenueMinor,
    currency: figures.currency,
    byDay: figures.byDay.map((day) => ({ ...day })),
    products: figures.products.map((product) => ({ ...product })),
  };
}
