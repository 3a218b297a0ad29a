import type { EvidencePack } from "@recallkit/core/evidence";
import type { Language } from "@recallkit/http";
import { Eta } from "eta";
import { FACT_WORDS, KIND_WORDS, PAGE_WORDS } from "./evidence-words.js";

type Entry = EvidencePack["entries"][number];

const eta = new Eta({ autoEscape: true, autoTrim: ["nl", "nl"], useWith: false });

const PAGE = `<!doctype html>
<html lang="<%= it.lang %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.words.title %></title>
<style>
body { font: 13px/1.5 system-ui, sans-serif; margin: 1.5rem auto; padding: 0 1rem; max-width: 60rem; color: #111; background: #fff; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
code, pre { font: 11px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; margin: 0; }
small { color: #555; }
ol { list-style: none; padding: 0; margin: 1rem 0; border-top: 1px solid #999; }
li { display: grid; grid-template-columns: 2rem 11rem 1fr; gap: .1rem .75rem; padding: .4rem 0; border-bottom: 1px solid #bbb; break-inside: avoid; }
li.long { break-inside: auto; }
h2 { font-size: 1em; margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 .75rem; margin: 0; }
dt { color: #555; }
dd { margin: 0; overflow-wrap: anywhere; }
li > small { grid-column: 3; }
@media (max-width: 40rem) { li { grid-template-columns: 2rem 1fr; } li > div, li > small { grid-column: 2; } }
</style>
</head>
<body>
<h1><%= it.words.title %></h1>
<p><%= it.words.zone %> <%= it.zone %><br><%= it.words.head %> <code><%= it.head %></code><br><small><%= it.words.check %></small></p>
<ol>
<% for (const entry of it.entries) { %>
<li<% if (entry.isLong) { %> class="long"<% } %>><span><%= entry.n %></span><header><h2><%= entry.kind %></h2><%= entry.at %></header><div><% if (entry.sentence) { %><%= entry.sentence %><% } %><% if (entry.facts.length > 0) { %><dl><% for (const [name, value, isText] of entry.facts) { %><dt><%= name %></dt><dd><% if (isText) { %><pre><%= value %></pre><% } else { %><%= value %><% } %></dd><% } %></dl><% } %></div><small><%= it.words.hash %> <code><%= entry.hash %></code></small></li>
<% } %>
</ol>
</body>
</html>
`;

/** A pack for people, to be printed: the same facts in the language of the reader, with the hashes by which the file is checked. */
export function evidencePage({ entries, head }: EvidencePack, language: Language): string {
  const zone = zoneOf(entries);
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  const words = Object.fromEntries(Object.entries(PAGE_WORDS).map(([name, word]) => [name, word[language]]));
  return eta.renderString(PAGE, {
    lang: language === "zh" ? "zh-CN" : "en",
    words,
    zone,
    head,
    entries: entries.map((entry) => shownEntry(entry, clock, language)),
  });
}

/** Of the merchant at the time of the push. */
function zoneOf(entries: readonly Entry[]): string {
  const zone = entries.find(({ kind }) => kind === "audience")?.facts.time_zone;
  return typeof zone === "string" ? zone : "UTC";
}

function shownEntry({ n, at, kind, facts, hash }: Entry, clock: Intl.DateTimeFormat, language: Language) {
  const rows = Object.entries(facts).filter(([name]) => !SAID[kind]?.includes(name));
  return {
    n,
    hash,
    at: at === null ? "" : clock.format(at),
    kind: KIND_WORDS[kind]?.[language] ?? kind,
    sentence: sentenceOf(kind, facts, language),
    facts: rows.map(([name, value]) => {
      const isText = typeof value === "object" && value !== null;
      return [nameOf(name, language), isText ? JSON.stringify(value, null, 2) : plain(name, value, clock), isText];
    }),
    isLong: rows.some(([, value]) => typeof value === "object" && value !== null),
  };
}

/** Facts of a kind that its sentence says. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  gate: ["zh", "en", "holds", "is_asked"],
  transition: ["entity", "entity_id", "from", "to"],
};

function sentenceOf(kind: string, facts: Entry["facts"], language: Language): string {
  if (kind === "transition") return `${facts.entity} ${facts.entity_id}: ${facts.from ?? "–"} → ${facts.to}`;
  if (kind !== "gate") return "";
  const { unasked, holds, held } = PAGE_WORDS;
  const verdict = facts.is_asked === false ? unasked : facts.holds === true ? holds : held;
  return `${verdict[language]}${language === "zh" ? "：" : ": "}${facts[language]}`;
}

function nameOf(name: string, language: Language): string {
  return language === "zh" ? (FACT_WORDS[name] ?? name) : name;
}

function plain(name: string, value: unknown, clock: Intl.DateTimeFormat): string {
  if (typeof value === "number" && /(_at|^as_of)$/.test(name)) return clock.format(value);
  return String(value ?? "–");
}
