import { maskNumber } from "../number/mobile-number.js";
import type { TakenMessage } from "./state.js";

const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Links of a message become links; everything else stays text. */
function withLinks(text: string): string {
  return escaped(text).replace(/https?:\/\/[\w.:/?=%~+-]+/g, (url) => `<a href="${url}" rel="noreferrer">${url}</a>`);
}

const STYLE = `
:root{color-scheme:light dark;--bg:#eef1f5;--card:#fff;--ink:#1b1f24;--soft:#68707a;--bubble:#e9ecf1;--mine:#1f66e5;--link:#1b5fd6}
@media (prefers-color-scheme:dark){:root{--bg:#101215;--card:#1a1d21;--ink:#eceff3;--soft:#9aa3ad;--bubble:#2a2f36;--link:#8ab8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}
header{padding:20px 16px 4px;max-width:760px;margin:auto}
h1{font-size:22px;margin:0}p{margin:.2em 0;color:var(--soft);font-size:14px}
main{max-width:760px;margin:auto;padding:8px 16px 40px;display:grid;gap:16px}
.phone{background:var(--card);border-radius:18px;padding:14px 16px 18px;box-shadow:0 1px 3px #0002}
.phone h2{font-size:15px;margin:0 0 10px;display:flex;justify-content:space-between;font-weight:600}
.phone h2 small{color:var(--soft);font-weight:400}
.sms{background:var(--bubble);border-radius:16px;border-bottom-left-radius:4px;padding:10px 14px;margin:0 15% 4px 0;overflow-wrap:anywhere}
.sms a{color:var(--link)}
.meta{font-size:12px;color:var(--soft);margin:0 0 12px}
form{display:flex;gap:8px;margin-top:6px}
input{flex:1;min-width:0;border:1px solid #8886;border-radius:999px;padding:8px 14px;background:transparent;color:inherit;font:inherit}
button{border:0;border-radius:999px;padding:8px 18px;background:var(--mine);color:#fff;font:inherit}
.none{text-align:center;padding:60px 0;color:var(--soft)}
`;

const FATES = { delivered: "已送达 delivered", failed: "未送达 failed", silent: "无回执 no report" } as const;
/** Phones that a page shows. */
const MOST_PHONES = 200;

/**
 * What the phones received, newest first. A person may answer on it.
 *
 * @param number only this phone, E.164. @param time how an instant is written
 */
export function inboxPage(
  messages: readonly TakenMessage[],
  number: string | undefined,
  time: (at: number) => string,
): string {
  const phones = new Map<string, TakenMessage[]>();
  for (const message of messages) {
    if (number !== undefined && message.to !== number) continue;
    const before = phones.get(message.to) ?? [];
    phones.delete(message.to);
    phones.set(message.to, [...before, message]);
  }
  // Whose last message came last is first; a phone is put behind the others again with each message.
  const shown = [...phones].reverse().slice(0, MOST_PHONES);
  const cards = shown.map(([to, texts]) => phoneCard(to, texts, time)).join("");
  const rest = phones.size - shown.length;
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>收件箱 · Inbox</title><style>${STYLE}</style>
<header><h1>收件箱</h1><p>模拟器收到的短信，没有发给任何人。What the simulator took; nothing was sent to anybody.</p>
<p>${phones.size} 个号码，${messages.length} 条短信${rest > 0 ? `，另有 ${rest} 个号码未显示` : ""}</p></header>
<main>${cards || '<div class="none">还没有短信 · no message yet</div>'}</main></html>`;
}

function phoneCard(to: string, texts: readonly TakenMessage[], time: (at: number) => string): string {
  const bubbles = texts
    .slice(-20)
    .map(
      ({ text, takenAt, provider, fate }) =>
        `<div class="sms">${withLinks(text)}</div><div class="meta">${time(takenAt)} · ${provider} · ${FATES[fate]}</div>`,
    )
    .join("");
  return `<section class="phone"><h2>${maskNumber(to)}<small>${texts.length} 条</small></h2>${bubbles}
<form method="post" action="/inbox/reply"><input type="hidden" name="from" value="${escaped(to)}"><input name="text" aria-label="回复 ${escaped(maskNumber(to))}" placeholder="回复，例如 R" maxlength="200" required><button>发送</button></form></section>`;
}
