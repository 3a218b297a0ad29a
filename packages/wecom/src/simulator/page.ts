import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdminContext } from "./admin.js";
import { isFields } from "./call.js";
import type { LedgerTask } from "./ledger.js";
import { readBody } from "./request-body.js";
import { sendText } from "./respond.js";
import type { Attachment } from "./validate-attachment.js";

const MOST_SHOWN = 50;

/** The page of the members' phones: their tasks, and a button that sends. `POST /confirm` presses it. */
export async function answerPage(
  { ledger, control }: AdminContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  if (url.pathname === "/confirm") {
    const body = request.method === "POST" ? await readBody(request, 4096) : undefined;
    const form = new URLSearchParams(body?.toString("utf8"));
    // Other sites may not press the button; a browser says where a form comes from.
    const origin = request.headers.origin;
    if (body === undefined || (origin !== undefined && new URL(origin).host !== request.headers.host)) {
      return sendText(response, "400 Bad Request", "text/plain; charset=UTF-8", 400);
    }
    try {
      control.confirm(form.get("msgid") ?? "", form.get("userid") ?? undefined);
    } catch {
      // The task was cancelled meanwhile; the page shows it.
    }
    response.writeHead(303, { location: "/" }).end();
    return;
  }
  sendText(response, pageOf(ledger.tasks), "text/html; charset=UTF-8");
}

function pageOf(tasks: readonly LedgerTask[]): string {
  const shown = tasks.slice(-MOST_SHOWN).reverse();
  const waiting = shown.flatMap(({ cancelledAt, staff }) =>
    cancelledAt === undefined ? staff.filter(({ confirmedAt }) => confirmedAt === undefined) : [],
  ).length;
  const list = shown.map(taskCard).join("");
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5"><title>企业微信模拟器</title><style>${STYLE}</style>
<header><h1>企业微信模拟器</h1><p>RecallKit 本地模拟 · 不会发给任何人 · 待确认 <b>${waiting}</b></p></header>
<main>${list || '<p class="empty">还没有群发任务。把客户端的 baseUrl 指向这个地址即可。</p>'}</main></html>`;
}

function taskCard(task: LedgerTask): string {
  const { msgid, text, attachments, cancelledAt, failList, createdAt, chatType } = task;
  const target = chatType === "group" ? "客户群" : "客户";
  const state = cancelledAt === undefined ? "" : '<span class="badge">已取消</span>';
  const time = new Date(createdAt + 8 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
  const failed = failList.length > 0 ? ` · ${failList.length} 个无法发送` : "";
  return `<article><div class="head"><b>群发助手</b> <time>${time}</time>${state}</div>
<div class="phone">${text === undefined ? "" : `<p class="bubble">${escaped(text)}</p>`}${attachments.map(attachmentCard).join("")}</div>
<p class="meta">${task.recipients} 个${target}${failed} · ${escaped(msgid)}</p>
<ul>${task.staff.map((member) => memberRow(task, member)).join("")}</ul></article>`;
}

function memberRow({ msgid, cancelledAt, chatType }: LedgerTask, member: LedgerTask["staff"][number]): string {
  const { userid, recipients, confirmedAt } = member;
  const count = `${recipients} 个${chatType === "group" ? "群" : "客户"}`;
  const action =
    confirmedAt !== undefined
      ? '<span class="done">已发送</span>'
      : cancelledAt !== undefined
        ? '<span class="done">已停止</span>'
        : `<form method="post" action="/confirm"><input type="hidden" name="msgid" value="${escaped(msgid)}">
<input type="hidden" name="userid" value="${escaped(userid)}"><button>确认发送</button></form>`;
  return `<li><span>${escaped(userid)}</span><small>${count}</small>${action}</li>`;
}

function attachmentCard(attachment: Attachment): string {
  const part = attachment[attachment.msgtype];
  const field = (name: string) => escaped(isFields(part) && typeof part[name] === "string" ? part[name] : "");
  switch (attachment.msgtype) {
    case "link":
      return `<p class="card"><b>${field("title")}</b><span>${field("desc")}</span><small>链接 · ${field("url")}</small></p>`;
    case "miniprogram":
      return `<p class="card"><b>${field("title")}</b><small>小程序 · ${field("page")}</small></p>`;
    case "image":
      return '<p class="card"><small>图片</small></p>';
    case "video":
      return '<p class="card"><small>视频</small></p>';
    default:
      return '<p class="card"><small>文件</small></p>';
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `:root{color-scheme:light dark}*{box-sizing:border-box}
body{margin:0;font:15px/1.6 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif;background:#f3f5f8;color:#1b2330}
header{background:#2b6de5;color:#fff;padding:16px 20px}h1{font-size:18px;margin:0}header p{margin:2px 0 0;font-size:13px}
main{max-width:720px;margin:0 auto;padding:16px;display:grid;gap:16px}
article{background:#fff;border-radius:12px;padding:16px;box-shadow:0 1px 3px #0002}
.head{display:flex;gap:8px;align-items:center}time,.meta,small{color:#67707e;font-size:13px}
.phone{background:#eef1f5;border-radius:8px;padding:12px;margin:10px 0;display:grid;gap:8px}
.bubble{background:#fff;border-radius:8px;padding:8px 12px;margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.card{background:#fff;border-radius:8px;padding:8px 12px;margin:0;display:grid;overflow-wrap:anywhere}
.meta{margin:0;overflow-wrap:anywhere}ul{list-style:none;margin:10px 0 0;padding:0}
li{display:flex;gap:12px;align-items:center;border-top:1px solid #e6e9ee;padding:8px 0}li small{flex:1}form{margin:0}
button{background:#2b6de5;color:#fff;border:0;border-radius:6px;padding:8px 18px;font:inherit;cursor:pointer}
button:hover{background:#1f5bc6}.done{color:#167a3e}.badge{background:#fbe3e3;color:#a52020;border-radius:4px;padding:0 6px;font-size:12px}
.empty{text-align:center;color:#67707e}
@media(prefers-color-scheme:dark){body{background:#12161d;color:#e4e8ee}article,.bubble,.card{background:#1c222c}
.phone{background:#232b37}li{border-color:#2c3542}time,.meta,small{color:#9aa4b2}.done{color:#5fce8b}}`;
