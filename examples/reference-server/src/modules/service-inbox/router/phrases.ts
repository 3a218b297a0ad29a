import { localDateOf } from "@recallkit/core/ports";
import type { Project, Ticket } from "../../service-desk/service.js";
import type { ShownOrder } from "./orders.js";

/** What customers read. */
export const PHRASES = {
  optedOut: "已为您停止推送，以后不会再收到营销消息。如需服务，随时在这里留言。",
  complaint: "非常抱歉给您带来不好的体验，已优先转给专人处理。",
  human: "好的，正在为您转接人工。",
  unsure: "这个问题需要同事来回答，已为您转接。",
  consult: "已为您转接顾问。",
  taken: "已收到。",
  nothingGoing: "暂时没有查到您名下进行中的项目或订单，已请同事核对。",
  staffOnly: "以 # 开头的是员工命令，这里不能使用。请直接说您的问题。",
  bindFirst: "为了保护您的信息，请先绑定手机号：回复“绑定 手机号”，例如：绑定 13800138000。",
  ticket({
    lead,
    id,
    name,
    position,
  }: {
    readonly lead: string;
    readonly id: number;
    readonly name: string | undefined;
    readonly position: number | null;
  }): string {
    const who = name !== undefined ? `由${name}跟进` : position === null ? "我们会尽快跟进" : `排在第${position}位`;
    return `${lead}工单 #${id}，${who}。`;
  },
} as const;

const STAGES: Readonly<Record<Project["stage"], string>> = {
  pre_sales: "售前沟通",
  in_sales: "售中办理",
  after_sales: "售后服务",
  lost: "已结束",
  closed: "已完成",
};
const TICKET_STATES: Readonly<Record<Ticket["state"], string>> = {
  queued: "排队中",
  assigned: "处理中",
  solved: "已解决，待您确认",
  confirmed: "已完成",
  merged: "已合并",
};
const ORDER_STATES: Readonly<Record<string, string>> = {
  unpaid: "待付款",
  paid: "已付款",
  shipped: "已发货",
  completed: "已完成",
  closed: "已关闭",
  refunded: "已退款",
};

/** How far things are, one a line. */
export function progressLines(
  shown: {
    readonly projects: readonly Project[];
    readonly tickets: readonly Ticket[];
    readonly orders: readonly ShownOrder[];
  },
  timeZone: string,
): readonly string[] {
  const day = (at: number) => localDateOf(at, timeZone);
  return [
    ...shown.projects.map(
      ({ id, name, stage, expectedOn, updatedAt }) =>
        `项目 #${id} ${name}：${STAGES[stage]}${expectedOn === null ? "" : `，预计 ${expectedOn}`}（${day(updatedAt)} 更新）`,
    ),
    ...shown.tickets.map(({ id, subject, state }) => `工单 #${id} ${subject}：${TICKET_STATES[state]}`),
    ...shown.orders.map(
      ({ orderNo, status, at }) => `订单 ${orderNo}：${ORDER_STATES[status] ?? status}（${day(at)} 下单）`,
    ),
  ];
}
