import { type DeskAccess, type DeskStaff, type Project, staffNamed } from "../../service-desk/service.js";
import type { Inbox } from "../inbox.js";
import { progressLines } from "../router/phrases.js";
import { type CommandName, readCommand, type StaffCommand } from "./parse-command.js";

/** What came of a text of an employee. */
export interface CommandOutcome {
  /** Null: it is no command that there is. */
  readonly command: CommandName | null;
  readonly ok: boolean;
  /** A code for programs; null where it went well. */
  readonly code: string | null;
  /** What the employee reads. */
  readonly reply: string;
  /** Whether anything was written. */
  readonly changed: boolean;
  readonly customerId: number | null;
  readonly projectId: number | null;
  readonly ticketId: number | null;
}

/** What the employee reads who asks for help. */
const HELP = [
  "可用命令（顺序不限，空格可省）：",
  "#记录客户 姓名 手机号 [项目名称]",
  "#查询进度 手机号 或 项目编号",
  "#转接工程师 工单编号 @成员账号 [说明]",
  "#问题已解决 工单编号 [说明]",
  "#帮助",
].join("\n");

const NOT_STAFF = "您还不是客服人员，请联系管理员添加。";

/** Undoes what a dry run did. */
class DryRun extends Error {
  constructor(readonly outcome: CommandOutcome) {
    super("dry run");
  }
}

/**
 * Does what an employee asks for with a text, once for a key. A dry run does the same in a transaction that is undone, so that
 * it says exactly what would happen.
 */
export async function runCommand(
  inbox: Inbox,
  staff: DeskStaff | undefined,
  text: string,
  { requestKey, isDry = false }: { readonly requestKey: string; readonly isDry?: boolean },
): Promise<CommandOutcome> {
  const read = readCommand(text);
  if (read.kind !== "command") {
    const reply = read.kind === "unknown" ? `没有这个命令。\n${HELP}` : `请以 # 开头发送命令。\n${HELP}`;
    return { ...NOTHING, code: read.kind === "unknown" ? "unknown" : "no-command", reply };
  }
  const { command } = read;
  if (command.name === "help") return { ...NOTHING, command: "help", ok: true, code: null, reply: HELP };
  if (staff === undefined || staff.role === "customer") {
    return { ...NOTHING, command: command.name, code: "not-staff", reply: NOT_STAFF };
  }
  const access: DeskAccess = staff.role === "admin" ? { kind: "admin" } : { kind: "staff", staffId: staff.id };
  const work = () => perform(inbox, { staff, access, command, requestKey });
  if (!isDry) return inbox.stores.transaction(work);
  try {
    return await inbox.stores.transaction(async () => {
      throw new DryRun(await work());
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
    return { ...error.outcome, changed: false };
  }
}

const NOTHING: CommandOutcome = {
  ...{ command: null, ok: false, code: null, reply: "", changed: false },
  ...{ customerId: null, projectId: null, ticketId: null },
};

interface Asked {
  readonly staff: DeskStaff;
  readonly access: DeskAccess;
  readonly command: StaffCommand;
  readonly requestKey: string;
}

function perform(inbox: Inbox, asked: Asked): Promise<CommandOutcome> {
  switch (asked.command.name) {
    case "record_customer":
      return recordCustomer(inbox, asked);
    case "query_progress":
      return queryProgress(inbox, asked);
    case "transfer_engineer":
      return transfer(inbox, asked);
    default:
      return solve(inbox, asked);
  }
}

const refused = ({ command }: Asked, code: string, reply: string): CommandOutcome => {
  return { ...NOTHING, command: command.name, code, reply };
};

async function recordCustomer(inbox: Inbox, asked: Asked): Promise<CommandOutcome> {
  const { context, stores, tenantId, desk } = inbox;
  const { command, staff, access, requestKey } = asked;
  const [name, ...others] = command.words;
  if (command.phone === undefined || name === undefined || name.length > 60) {
    return refused(asked, "arguments", "请写上姓名和手机号，例如：#记录客户 张三 13800138000 净水器");
  }
  const [owner] = await stores.customers.findOwners(tenantId, [{ type: "mobile", value: command.phone }]);
  let customerId = owner?.customerId;
  if (customerId === undefined) {
    const externalKey = `mobile:${command.phone}`;
    await context.kit.forTenant(tenantId).customers.upsert([{ externalKey, name, mobile: command.phone }]);
    const [made] = await stores.customers.findOwners(tenantId, [{ type: "mobile", value: command.phone }]);
    customerId = made?.customerId;
  }
  if (customerId === undefined) return refused(asked, "arguments", "手机号无法登记，请检查后再试。");
  const recorded = await desk.recordProject(access, {
    customerId,
    name: others.join(" ").slice(0, 200) || `${name}的项目`,
    source: "wecom",
    ownerId: staff.id,
    requestKey,
  });
  if (!recorded.ok) return refused(asked, recorded.code, recorded.text.zh);
  const { id, name: project } = recorded.value;
  return {
    ...{ command: command.name, ok: true, code: null, changed: true, customerId, projectId: id, ticketId: null },
    reply: `已记录客户 ${name}（尾号${command.phone.slice(-4)}），售前项目 #${id} ${project}，负责人 ${staff.name}。`,
  };
}

async function queryProgress(inbox: Inbox, asked: Asked): Promise<CommandOutcome> {
  const { context, stores, tenantId, desk } = inbox;
  const { command, access } = asked;
  const { timeZone } = await context.kit.forTenant(tenantId).tenant();
  const shown = (projects: readonly Project[], customerId: number): CommandOutcome => ({
    ...{ command: command.name, ok: true, code: null, changed: false, customerId, ticketId: null },
    projectId: projects[0]?.id ?? null,
    reply: progressLines({ projects: projects.slice(0, 5), tickets: [], orders: [] }, timeZone).join("\n"),
  });
  if (command.phone === undefined && command.number !== undefined) {
    const project = await desk.project(access, command.number);
    if (project) return shown([project], project.customerId);
    return refused(asked, "project.not-found", "没有这个项目，或不是您的客户。");
  }
  if (command.phone === undefined) {
    return refused(asked, "arguments", "请写上手机号或项目编号，例如：#查询进度 13800138000");
  }
  const [owner] = await stores.customers.findOwners(tenantId, [{ type: "mobile", value: command.phone }]);
  const projects = owner ? await desk.projectsOf(access, owner.customerId) : [];
  // Whether somebody else has the customer is not told.
  if (!owner || projects.length === 0) return refused(asked, "project.not-found", "没有查到您客户名下的项目。");
  return shown(projects, owner.customerId);
}

async function transfer(inbox: Inbox, asked: Asked): Promise<CommandOutcome> {
  const { desk, stores, tenantId } = inbox;
  const { command, access } = asked;
  const [first, ...others] = command.words;
  const member = command.member ?? first;
  if (command.number === undefined || member === undefined) {
    return refused(asked, "arguments", "请写上工单编号和成员账号，例如：#转接工程师 12 @lisi 需要上门");
  }
  const [named, ...namesakes] = await staffNamed(stores, tenantId, member);
  const to = (await desk.staffByWecomUser(member)) ?? named;
  if (to === named && namesakes.length > 0) {
    return refused(asked, "arguments", `有多位 ${member.slice(0, 40)}，请写成员账号，例如 @lisi。`);
  }
  if (!to) return refused(asked, "desk-staff.not-found", `没有成员 ${member.slice(0, 40)}，或已离职。`);
  const note = (command.member === undefined ? others : command.words).join(" ").slice(0, 500);
  const moved = await desk.transferTicket(access, command.number, to.id, note);
  if (!moved.ok) return refused(asked, moved.code, moved.text.zh);
  const { id, customerId, projectId } = moved.value;
  const reply = `工单 #${id} 已转给 ${to.name}。`;
  return { command: command.name, ok: true, code: null, reply, changed: true, customerId, projectId, ticketId: id };
}

async function solve(inbox: Inbox, asked: Asked): Promise<CommandOutcome> {
  const { command, access } = asked;
  if (command.number === undefined) {
    return refused(asked, "arguments", "请写上工单编号，例如：#问题已解决 12 已更换滤芯");
  }
  const solved = await inbox.desk.solveTicket(access, command.number, command.words.join(" ").slice(0, 500));
  if (!solved.ok) return refused(asked, solved.code, solved.text.zh);
  const { id, customerId, projectId } = solved.value;
  const reply = `工单 #${id} 已解决，已请客户确认并评价。`;
  return { command: command.name, ok: true, code: null, reply, changed: true, customerId, projectId, ticketId: id };
}
