import { escapeMarkup } from "@recallkit/core/ports";
import { maskMailAddress } from "../../email/mail-address.js";
import { pageTime, simulatorPage } from "../page-style.js";
import { oneClickLink, type TakenMail } from "./taken-mail.js";

const STYLE = `
.list{list-style:none;margin:0;padding:0;background:var(--card);border-radius:14px;box-shadow:0 1px 3px #0002;overflow:hidden}
.list a{display:grid;grid-template-columns:13em 1fr auto;gap:4px 16px;padding:12px 16px;color:inherit;text-decoration:none;border-top:1px solid var(--line)}
.list li:first-child a{border-top:0}
.list a:hover,.list a:focus-visible{background:color-mix(in srgb,var(--accent) 8%,transparent)}
.to,.at{color:var(--soft);font-size:14px}
.at{font-variant-numeric:tabular-nums}
.line{min-width:0;overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
.line span{color:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:0;font-size:14px}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
iframe{width:100%;height:420px;border:1px solid var(--line);border-radius:10px;background:#fff;color-scheme:light}
@media (max-width:600px){.list a{grid-template-columns:1fr auto}.line{grid-column:1/-1}iframe{height:340px}dl{grid-template-columns:1fr}dd{margin:0 0 8px}}
`;

const MOST = 200;

const shell = (title: string, body: string) => simulatorPage(title, body, STYLE);

/** What the mailboxes received, newest first. @param to only this address */
export function mailboxPage(mails: readonly TakenMail[], to: string | null): string {
  const wanted = to === null ? mails : mails.filter((mail) => mail.to === to);
  const shown = wanted.toReversed().slice(0, MOST);
  const rows = shown
    .map(({ id, to: address, subject, text, takenAt }) => {
      const preview = text.replace(/\s+/g, " ").slice(0, 90);
      return `<li><a href="/mail?id=${id}"><span class="to">${escapeMarkup(maskMailAddress(address))}</span><span class="line">${escapeMarkup(subject)} <span>— ${escapeMarkup(preview)}</span></span><span class="at">${pageTime(takenAt).slice(5, 16)}</span></a></li>`;
    })
    .join("");
  const rest = wanted.length - shown.length;
  return shell(
    "收件箱 · Inbox",
    `<header><h1>收件箱</h1><p>模拟器收到的邮件，没有发给任何人。What the simulator took; nothing was sent to anybody.</p><p>${wanted.length} 封邮件${rest > 0 ? `，另有 ${rest} 封未显示` : ""}</p></header><main>${rows === "" ? '<div class="none">还没有邮件 · no mail yet</div>' : `<ul class="list">${rows}</ul>`}</main>`,
  );
}

/** One mail as its reader and their mail client see it. @param told how the last try to unsubscribe ended */
export function mailPage(mail: TakenMail, told: string | null): string {
  const { id, from, to, subject, text, html, messageId, takenAt, dkim, envelopeFrom, headers } = mail;
  const link = headers["list-unsubscribe-post"] === undefined ? undefined : oneClickLink(headers);
  const facts: readonly (readonly [string, string])[] = [
    ["发件人 From", escapeMarkup(from)],
    ["收件人 To", escapeMarkup(maskMailAddress(to))],
    ["时间 Date", pageTime(takenAt)],
    ["退信地址 Envelope", escapeMarkup(envelopeFrom)],
    ["Message-ID", escapeMarkup(messageId)],
    ["List-Unsubscribe", escapeMarkup(headers["list-unsubscribe"] ?? "—")],
    ["List-Unsubscribe-Post", escapeMarkup(headers["list-unsubscribe-post"] ?? "—")],
    ["DKIM", dkimOf(dkim)],
  ];
  const list = facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join("");
  const button =
    link === undefined
      ? ""
      : `<form class="card" method="post" action="/unsubscribe?id=${id}"><button>一键退订 Unsubscribe</button>${resultOf(told)}</form>`;
  // A sandbox without any permission: nothing of the mail runs, or sees this page.
  const page =
    html === undefined
      ? ""
      : `<section class="card"><h2>HTML</h2><iframe sandbox="" title="HTML" src="/html?id=${id}"></iframe></section>`;
  return shell(
    subject,
    `<header><p><a href="/">← 收件箱</a></p><h1>${escapeMarkup(subject)}</h1></header><main><section class="card"><dl>${list}</dl></section>${button}${page}<section class="card"><h2>纯文本 Text</h2><pre>${escapeMarkup(text)}</pre></section><p><a href="/raw?id=${id}">原文 Raw</a></p></main>`,
  );
}

function dkimOf(dkim: TakenMail["dkim"]): string {
  if (dkim === undefined) return "未检查 not checked";
  if (!dkim.isValid) return `<span class="bad">${escapeMarkup(dkim.fault)}</span>`;
  return `<span class="good">有效 valid</span> · ${escapeMarkup(dkim.headers.join(" "))}`;
}

function resultOf(told: string | null): string {
  if (told === null) return "";
  const status = Number(told);
  const isDone = status >= 200 && status < 300;
  return ` <span class="${isDone ? "good" : "bad"}">${isDone ? `已退订 done · ${status}` : `没有成功 failed${Number.isNaN(status) ? "" : ` · ${status}`}`}</span>`;
}
