import { escapeMarkup } from "@recallkit/core/ports";

const STYLE = `
:root{color-scheme:light dark;--bg:#eef1f5;--card:#fff;--ink:#1b1f24;--soft:#5f6873;--line:#e2e5ea;--accent:#1f66e5;--good:#13713f;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--bg:#101215;--card:#1a1d21;--ink:#eceff3;--soft:#9aa3ad;--line:#2c3138;--accent:#8ab8ff;--good:#6fd39b;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
header,main{max-width:860px;margin:auto;padding:16px}
header{padding-bottom:0}
h1{font-size:22px;margin:0;overflow-wrap:anywhere}
h2{font-size:14px;margin:0 0 8px;color:var(--soft);font-weight:600}
p{margin:.25em 0;color:var(--soft);font-size:14px}
a{color:var(--accent)}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}
button{border:0;border-radius:999px;padding:8px 18px;background:var(--accent);color:var(--card);font:inherit;cursor:pointer}
.card{background:var(--card);border-radius:14px;box-shadow:0 1px 3px #0002;padding:14px 16px;margin-bottom:16px}
.good{color:var(--good)}.bad{color:var(--bad)}
.none{text-align:center;padding:60px 0;color:var(--soft)}
`;

/** A page of a simulator. @param style of its own */
export function simulatorPage(title: string, body: string, style = ""): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeMarkup(title)}</title><style>${STYLE}${style}</style></head><body>${body}</body></html>`;
}

/** Wall time in Shanghai, as the merchant reads it. */
export function pageTime(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}
