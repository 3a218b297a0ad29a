import type { ScriptFacts, ScriptLimits } from "../../ports/script-writer.js";
import { byteLength } from "../../text.js";
import { MEDICAL_LEXICON } from "../lexicon/medical-lexicon.js";
import { saysFact } from "./facts.js";
import type { GateResult, ScriptFinding } from "./finding.js";
import { type FoldedText, foldText, foldWords } from "./fold.js";
import { GREETING_CHARACTERS } from "./greeting-characters.js";
import type { LexiconEntry } from "./lexicon-entry.js";
import { ADDRESSED, DOCTORS } from "./names.js";
import { FACTUAL_CODES, GATE_PATTERNS, UNUSUAL_TURNS } from "./patterns.js";
import { PLAIN_PHRASES } from "./plain-phrases.js";

/** Options of {@link scriptGate}. */
export interface ScriptGateOptions {
  /** Words that no text may hold. @default {@link MEDICAL_LEXICON} */
  readonly lexicon?: readonly LexiconEntry[] | undefined;
  /** Words beside them. @default none */
  readonly added?: readonly LexiconEntry[] | undefined;
  /** Phrases in which words of the lexicon are allowed. @default none beside the usual ones */
  readonly allowed?: readonly string[] | undefined;
  /** Names of projects and products that a text must not name. @default none */
  readonly projectNames?: readonly string[] | undefined;
  /** Billed segments of an SMS. @default 70 units alone, 67 a part */
  readonly segmentsOf?: ((text: string) => number) | undefined;
}

/** Of whom a text is. */
export interface GateSubject {
  /** What may be said. `surname`, `title`, `salonName` and `daysToBirthday` are known by name. */
  readonly facts: ScriptFacts;
  /** How long it may be. */
  readonly limits: ScriptLimits;
  /** Names of others that must not stand in the text; those of one character are left out. @default none */
  readonly otherNames?: readonly string[] | undefined;
  /** Holds what is not usual in greetings too, since nobody answers for the text: a model wrote it. @default false */
  readonly isUnanswered?: boolean | undefined;
}

/** Looks at texts before anybody reads them. */
export interface ScriptGate {
  /** What is wrong with a text; it never changes it. */
  check(text: string, subject: GateSubject): GateResult;
}

const CRAFT = "文案规则：不由机构核对的内容不发送";
const NAMES = "个人信息保护法 第六条、第二十八条；医疗广告管理办法 第七条（六）";
// biome-ignore lint/suspicious/noControlCharactersInRegex: this expression exists to find them
const UNREADABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffd\ue000-\uf8ff]|\p{Cs}/gu;

/** Checks texts against law, facts and limits. */
export function scriptGate(options: ScriptGateOptions = {}): ScriptGate {
  const {
    lexicon = MEDICAL_LEXICON,
    added = [],
    allowed = [],
    projectNames = [],
    segmentsOf = chineseSegments,
  } = options;
  const banned = [...(lexicon === MEDICAL_LEXICON ? usualForms() : withForms(lexicon)), ...withForms(added)];
  const projects = formsOf(projectNames);
  const excused = formsOf(allowed);

  function check(text: string, { facts, limits, otherNames = [], isUnanswered = false }: GateSubject): GateResult {
    const findings: ScriptFinding[] = [];
    const words = foldWords(text);
    const folded = foldText(text);
    const salon = formsOf([String(facts.salonName ?? "")]);
    const phrases = spansOf(words, plainForms());
    const excuses = [...phrases, ...spansOf(words, [...excused, ...salon])];
    const lies = (spans: readonly Span[], start: number, end: number) =>
      spans.some((span) => span.start <= start && end <= span.end);
    const add = (
      { code, severity, source }: Omit<ScriptFinding, "start" | "end">,
      start: number,
      end: number,
    ): number => findings.push({ code, severity, start, end, source });

    for (const { form, ...entry } of banned) {
      for (const { start, end } of spansOf(words, [form])) if (!lies(excuses, start, end)) add(entry, start, end);
    }
    for (const { start, end } of spansOf(words, projects)) {
      if (!lies(excuses, start, end))
        add({ code: "project", severity: "refuse", source: "医疗广告管理办法 第七条（一）" }, start, end);
    }
    const salonSpans = spansOf(words, salon);
    for (const { pattern, over, ...rule } of isUnanswered ? [...GATE_PATTERNS, ...UNUSUAL_TURNS] : GATE_PATTERNS) {
      const read = over === "words" ? words : folded;
      for (const match of read.text.matchAll(pattern)) {
        const { start, end } = spanOf(read, match.index, match[0].length);
        const isFactual = FACTUAL_CODES.has(rule.code);
        if (lies(phrases, start, end) || (isFactual && lies(salonSpans, start, end))) continue;
        if (isFactual && saysFact(match[0], facts)) continue;
        add(rule, start, end);
      }
    }
    for (const finding of figuresNotGiven(folded, facts)) {
      const isPlain = lies([...phrases, ...salonSpans], finding.start, finding.end);
      if (!isPlain && !lies(findings, finding.start, finding.end)) findings.push(finding);
    }
    for (const finding of foreignWords(folded, facts)) {
      if (!lies(excuses, finding.start, finding.end) && !lies(findings, finding.start, finding.end))
        findings.push(finding);
    }
    findings.push(...namesOfOthers(words, facts, otherNames).filter(({ start, end }) => !lies(salonSpans, start, end)));
    if (isUnanswered) findings.push(...unusualCharacters(words, facts));
    for (const match of text.matchAll(UNREADABLE))
      add({ code: "unreadable", severity: "repair", source: CRAFT }, match.index, match.index + match[0].length);
    findings.push(...lengthFindings(text, words, limits, segmentsOf));
    const sorted = findings.toSorted((a, b) => a.start - b.start || a.end - b.end);
    const isRefused = sorted.some(({ severity }) => severity === "refuse");
    return { verdict: isRefused ? "refuse" : sorted.length > 0 ? "repair" : "pass", findings: sorted };
  }
  return { check };
}

function withForms(entries: readonly LexiconEntry[]) {
  return entries.map((entry) => ({ ...entry, form: foldWords(entry.word).text }));
}

// Folded at the first use and once: a server makes a gate for every institution.
const usualForms = once(() => withForms(MEDICAL_LEXICON));
const plainForms = once(() => formsOf(PLAIN_PHRASES));

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function formsOf(phrases: readonly string[]): readonly string[] {
  return phrases.map((phrase) => foldWords(phrase).text).filter((form) => form.length > 1);
}

function spanOf(read: FoldedText, index: number, length: number): Span {
  return { start: read.startOf(index), end: read.endOf(index + length) };
}

/** Where forms stand, in the original; they may overlap. */
function spansOf(read: FoldedText, forms: readonly string[]): readonly Span[] {
  return forms.flatMap((form) => {
    const spans: Span[] = [];
    if (form === "") return spans;
    for (let at = read.text.indexOf(form); at !== -1; at = read.text.indexOf(form, at + 1))
      spans.push(spanOf(read, at, form.length));
    return spans;
  });
}

/** Figures that no fact has. */
function figuresNotGiven(folded: FoldedText, facts: ScriptFacts): readonly ScriptFinding[] {
  const given = new Set(Object.values(facts).flatMap((value) => foldText(String(value)).text.match(/\d+/g) ?? []));
  return Array.from(folded.text.matchAll(/\d+/g)).flatMap((match) => {
    if (given.has(match[0])) return [];
    const source = "广告法 第四条、第二十八条：内容应当真实";
    return [{ code: "number", severity: "repair" as const, source, ...spanOf(folded, match.index, match[0].length) }];
  });
}

const GREETING_WORDS = new Set([
  "happy",
  "birthday",
  "happybirthday",
  "to",
  "you",
  "dear",
  "best",
  "wishes",
  "bestwishes",
  "vip",
]);

/** Words in Latin letters that no fact has: a brand, an account, another language. */
function foreignWords(folded: FoldedText, facts: ScriptFacts): readonly ScriptFinding[] {
  const given = foldText(Object.values(facts).join(" ")).text;
  return Array.from(folded.text.matchAll(/[a-z]{2,}/g)).flatMap((match) => {
    if (GREETING_WORDS.has(match[0]) || given.includes(match[0])) return [];
    return [
      { code: "foreign", severity: "repair" as const, source: CRAFT, ...spanOf(folded, match.index, match[0].length) },
    ];
  });
}

/** Characters that neither greetings nor the facts have. */
function unusualCharacters(words: FoldedText, facts: ScriptFacts): readonly ScriptFinding[] {
  const given = new Set(foldText(Object.values(facts).join("")).text);
  return Array.from(words.text.matchAll(/\p{Script=Han}/gu)).flatMap(({ index, 0: character }) => {
    if (GREETING_CHARACTERS.has(character) || given.has(character)) return [];
    return [{ code: "unusual", severity: "repair" as const, source: CRAFT, ...spanOf(words, index, character.length) }];
  });
}

/** People who are not the one that the text is for. */
function namesOfOthers(words: FoldedText, facts: ScriptFacts, otherNames: readonly string[]): readonly ScriptFinding[] {
  const finding = { code: "other-name", severity: "refuse" as const, source: NAMES };
  const own = foldWords(String(facts.surname ?? "")).text;
  const ownForms =
    own === "" ? [] : ["", "女士", "先生", "小姐", "太太", "姐", "哥", "阿姨", "总"].map((title) => own + title);
  const ownSpans = spansOf(words, ownForms);
  const isOwn = ({ start, end }: Span) => ownSpans.some((span) => span.start <= start && end <= span.end);
  const named = spansOf(words, formsOf(otherNames));
  const addressed = Array.from(words.text.matchAll(ADDRESSED), (match) => spanOf(words, match.index, match[0].length));
  const doctors = Array.from(words.text.matchAll(DOCTORS), (match) => spanOf(words, match.index, match[0].length));
  return [
    ...[...named, ...addressed].filter((span) => !isOwn(span)).map((span) => ({ ...finding, ...span })),
    ...doctors.map((span) => ({ ...finding, code: "endorsement", ...span })),
  ];
}

function lengthFindings(
  text: string,
  words: FoldedText,
  { maxBytes, maxSegments }: ScriptLimits,
  segmentsOf: (text: string) => number,
): readonly ScriptFinding[] {
  const whole = { severity: "repair" as const, start: 0, end: text.length, source: "渠道上限" };
  return [
    ...(words.text === "" ? [{ ...whole, code: "empty" }] : []),
    ...(byteLength(text) > maxBytes ? [{ ...whole, code: "too-long" }] : []),
    ...(maxSegments !== undefined && segmentsOf(text) > maxSegments ? [{ ...whole, code: "too-many-segments" }] : []),
  ];
}

function chineseSegments(text: string): number {
  return text.length <= 70 ? 1 : Math.ceil(text.length / 67);
}
