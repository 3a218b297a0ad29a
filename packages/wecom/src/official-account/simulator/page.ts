import { escapeMarkup } from "@recallkit/core/ports";
import type { AccountWorld, SentMessage } from "./world.js";

const MOST_SHOWN = 200;

const STYLE = `
:root{color-scheme:light dark;--bg:#ededed;--card:#fff;--ink:#191919;--soft:#595959;--accent:#04713c}
@media (prefers-color-scheme:dark){:root{--bg:#111;--card:#1d1d1d;--ink:#eaeaea;--soft:#a3a3a3;--accent:#5fd39a}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
header,main{max-width:720px;margin:auto;padding:16px}
header{padding-bottom:0}
h1{font-size:22px;margin:0}
h2{font-size:15px;margin:0 0 8px;overflow-wrap:anywhere}
p{margin:.25em 0;color:var(--soft);font-size:14px}
section{background:var(--card);border-radius:12px;padding:14px 16px;margin-bottom:16px}
article{border-left:3px solid var(--accent);padding:2px 0 2px 12px;margin:10px 0}
article small{color:var(--soft)}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}
form{display:flex;gap:8px;margin-top:10px}
input{flex:1;min-width:0;padding:8px 10px;border:1px solid var(--soft);border-radius:8px;background:transparent;color:inherit;font:inherit}
button{border:0;border-radius:8px;padding:8px 16px;background:var(--accent);color:var(--card);font:inherit;cursor:pointer}
`;

const KINDS: Readonly<Record<SentMessage["kind"], string>> = {
  customer: "客服消息",
  template: "模板消息",
  mass: "群发",
};

/** What every follower received, the newest first, with a field in which they write to the account: `POST /inbox/write`. */
export function accountPage({ sent, followers }: Pick<AccountWorld, "sent" | "followers">): string {
  const shown = sent.slice(-MOST_SHOWN).reverse();
  const openids = [...new Set([...shown.flatMap((message) => message.openids), ...followers.keys()])];
  const sections = openids.slice(0, MOST_SHOWN).map((openid) => {
    const own = shown.filter((message) => message.openids.includes(openid)).map(article);
    const name = escapeMarkup(openid);
    const form = followers.has(openid)
      ? `<form method="post" action="/inbox/write"><input type="hidden" name="openid" value="${name}"><input name="text" aria-label="${name} 给公众号发消息" placeholder="给公众号发消息" maxlength="600" required><button>发送</button></form>`
      : "<p>已取消关注 · follows no more</p>";
    return `<section><h2>${name}</h2>${own.join("") || "<p>还没有消息 · no message yet</p>"}${form}</section>`;
  });
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>公众号模拟器</title><style>${STYLE}</style></head><body><header><h1>公众号模拟器</h1><p>关注者收到的消息，没有发给任何人。What followers received; nothing was sent to anybody.</p><p>${followers.size} 个关注者 · ${sent.length} 条消息</p></header><main>${sections.join("") || "<section><p>还没有关注者 · nobody follows yet</p></section>"}</main></body></html>`;
}

function article({ kind, text, at }: SentMessage): string {
  const time = new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
  return `<article><small>${KINDS[kind]} · ${time}</small><pre>${escapeMarkup(text ?? "")}</pre></article>`;
}
