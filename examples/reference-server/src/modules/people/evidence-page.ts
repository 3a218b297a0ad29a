import type { EvidencePack } from "@recallkit/core/evidence";
import type { Language } from "@recallkit/http";
import { Eta } from "eta";

const eta = new Eta({ autoEscape: true, autoTrim: ["nl", "nl"], useWith: false });

const KINDS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  pack: { zh: "证据包", en: "pack" },
  consent: { zh: "同意", en: "consent" },
  suppression: { zh: "免打扰", en: "suppression" },
  rule: { zh: "规则", en: "rule" },
  audience: { zh: "人群", en: "audience" },
  gate: { zh: "触达规则", en: "gate" },
  text: { zh: "内容", en: "text" },
  attempt: { zh: "发送", en: "attempt" },
  transition: { zh: "状态变化", en: "transition" },
  receipt: { zh: "回执", en: "receipt" },
  order: { zh: "订单", en: "order" },
};

const WORDS = {
  zh: { title: "推送证据", head: "末条哈希", at: "时间", kind: "类别", facts: "事实", hash: "哈希", lang: "zh-CN" },
  en: {
    title: "Evidence of a push",
    head: "Hash of the last entry",
    at: "When",
    kind: "Kind",
    facts: "Facts",
    hash: "Hash",
    lang: "en",
  },
} as const;

const PAGE = `<!doctype html>
<html lang="<%= it.words.lang %>">
<head>
<meta charset="utf-8">
<title><%= it.words.title %></title>
<style>
body { font: 12px/1.5 system-ui, sans-serif; margin: 2rem; color: #111; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #bbb; padding: 4px 6px; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
tr { break-inside: avoid; }
code { font-size: 10px; }
</style>
</head>
<body>
<h1><%= it.words.title %></h1>
<p><%= it.words.head %>: <code><%= it.head %></code></p>
<table>
<thead><tr><th>#</th><th><%= it.words.at %></th><th><%= it.words.kind %></th><th><%= it.words.facts %></th><th><%= it.words.hash %></th></tr></thead>
<tbody>
<% for (const entry of it.entries) { %>
<tr><td><%= entry.n %></td><td><%= entry.at %></td><td><%= entry.kind %></td><td><% for (const [name, value] of entry.facts) { %><b><%= name %></b>: <%= value %><br><% } %></td><td><code><%= entry.hash %></code></td></tr>
<% } %>
</tbody>
</table>
</body>
</html>
`;

/** A pack for people, to be printed: the same facts, with the hashes by which the file is checked. */
export function evidencePage({ entries, head }: EvidencePack, language: Language): string {
  return eta.renderString(PAGE, {
    words: WORDS[language],
    head,
    entries: entries.map(({ n, at, kind, facts, hash }) => ({
      n,
      at: at === null ? "" : new Date(at).toISOString(),
      kind: KINDS[kind]?.[language] ?? kind,
      hash,
      facts: Object.entries(facts).map(([name, value]) => [
        name,
        typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "–"),
      ]),
    })),
  });
}
