import type { Language } from "@recallkit/http";
import type { DeskOutcome, DeskRefusal } from "./desk.js";

/** Every expected no of the desk, in words that a customer or an employee can read. */
export const DESK_REFUSALS = {
  "desk-staff.not-found": { zh: "没有这位员工", en: "There is no such employee" },
  "desk-staff.left": { zh: "这位员工已离职", en: "The employee has left" },
  "desk-staff.no-user": { zh: "没有这个登录账号", en: "The tenant has no such user" },
  "desk-staff.taken": {
    zh: "该登录账号、企业微信成员或客户已是另一位员工",
    en: "Somebody else of the desk has this login or WeCom member",
  },
  "desk.stale-version": { zh: "内容已被他人修改，请刷新后再试", en: "Somebody changed it meanwhile; read it again" },
  "desk.forbidden": { zh: "没有权限", en: "This is not yours to do" },
  "desk-customer.not-found": { zh: "客户不存在", en: "There is no such customer" },
  "project.not-found": { zh: "项目不存在", en: "There is no such project" },
  "project.wrong-stage": { zh: "项目不能这样改变阶段", en: "The project can't change its stage like this" },
  "equipment.not-found": { zh: "设备不存在", en: "There is no such equipment" },
  "equipment.serial-taken": { zh: "序列号已登记", en: "The serial number is registered" },
  "ticket.not-found": { zh: "工单不存在", en: "There is no such ticket" },
  "ticket.closed": { zh: "工单已结束", en: "The ticket is closed" },
  "ticket.not-solved": { zh: "工单尚未解决", en: "The ticket is not solved yet" },
  "ticket.to-oneself": { zh: "工单已在该员工手里", en: "The employee has the ticket already" },
  "ticket.no-capacity": { zh: "该员工的工单已满", en: "The employee has as many tickets as they can take" },
  "ticket.rated": { zh: "已评价过", en: "It has been rated already" },
  "ticket.no-file": { zh: "文件不存在，请先上传", en: "There is no such file; upload it first" },
  "ticket.merge": { zh: "只能合并同一客户的未结束工单", en: "Only open tickets of one customer can be merged" },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

export type DeskRefusalCode = keyof typeof DESK_REFUSALS;

/** A no. */
export function refused(code: DeskRefusalCode): DeskRefusal {
  return { ok: false, code, text: DESK_REFUSALS[code] };
}

/** What was done. */
export function done<T>(value: T): DeskOutcome<T> {
  return { ok: true, value };
}
