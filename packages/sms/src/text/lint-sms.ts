import { ConfigError } from "@recallkit/core";
import { countSegments } from "../segments/count-segments.js";
import { LINT_SOURCES, type LintSource } from "./lint-sources.js";
import { MESSAGE_CLASSES, type MessageClass } from "./message-class.js";
import { DEFAULT_OPT_OUT_TEXT, hasOptOutText, signatureIssue } from "./sms-text.js";

/** What may be wrong with an SMS of mainland China. */
export type LintCode =
  | "sms.empty"
  | "sms.signature-missing"
  | "sms.signature-several"
  | "sms.signature-invalid"
  | "sms.opt-out-missing"
  | "sms.opt-out-forbidden"
  | "sms.too-long"
  | "sms.segments"
  | "sms.character"
  | "sms.category"
  | "sms.link"
  | "sms.contact"
  | "sms.variable-link"
  | "sms.variables-adjacent"
  | "sms.variables-only";

/** One thing that a provider or carrier would object to. */
export interface LintFinding {
  readonly code: LintCode;
  /** `error`: it would be refused, or is against the law; `warning`: it may be. */
  readonly severity: "error" | "warning";
  /** English, without a part of the text that could name a person. */
  readonly message: string;
  /** What it is about: the word, sign or number. */
  readonly detail?: string;
  /** Who says so. */
  readonly source: LintSource;
}

/** Options of {@link lintSms}. */
export interface LintOptions {
  /** @default "marketing" */
  readonly messageClass?: MessageClass | undefined;
  /** The way to refuse that the provider asks for. @default "拒收请回复R" */
  readonly optOutText?: string | undefined;
  /** Segments that are worth no word, counted with the link. @default 1 */
  readonly maxSegments?: number | undefined;
  /** Characters that the longest link will take in place of `{{link}}`. @default 30 */
  readonly linkLength?: number | undefined;
  /** Values of variables, looked through for links. @default none */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

/** Most characters with the signature and all values. @see https://cloud.tencent.com/document/product/382/39023 */
const MAX_CHARACTERS = 500;
const LINK =
  /https?:\/\/|www\.|(?<![\w@])[a-z0-9-]+\.(?:com|cn|net|org|top|xyz|vip|cc|me|io|co|ly|link|shop)(?:\/|\b)/i;
const CONTACT = /(?<!\d)(?:1[3-9]\d{9}|400-?\d{3}-?\d{4}|0\d{2,3}-?\d{7,8})(?!\d)|加微信|微信号|加群|QQ群|VX/i;
/** Named as forbidden in template rules; what a text says of itself gives it away. */
const CATEGORIES = /用户召回|召回|拉新|赚佣金|贷款|借款|博彩|彩票|中奖|炒股|荐股|代开发票|刷单|减肥药|房产推介|移民/;
/** Signs that providers refuse or that handsets garble. */
const SIGNS = /[¥★☆※√☞『』①-⑳♥♡【】]|\^_\^|\p{Extended_Pictographic}/u;
const VARIABLE = /\{\{\s*[\w.]+\s*\}\}/g;

/**
 * Looks at a whole text (signature in front, with its variables or rendered) for what carriers, providers and the law object to.
 *
 * @returns what was found, the errors first; nothing found is no promise that it will be let through
 * @throws {ConfigError} an option is out of range
 */
export function lintSms(text: string, options: LintOptions = {}): readonly LintFinding[] {
  const {
    messageClass = "marketing",
    optOutText = DEFAULT_OPT_OUT_TEXT,
    maxSegments = 1,
    linkLength = 30,
    values = {},
  } = options;
  if (!MESSAGE_CLASSES.includes(messageClass)) {
    throw new ConfigError(
      "config.invalid",
      "messageClass",
      `messageClass must be one of ${MESSAGE_CLASSES.join(", ")}`,
    );
  }
  const findings: LintFinding[] = [];
  const found = (
    severity: LintFinding["severity"],
    code: LintCode,
    source: LintSource,
    message: string,
    detail?: string,
  ) => findings.push({ code, severity, message, source, ...(detail !== undefined && { detail }) });

  const signatures = [...text.matchAll(/【([^【】]*)】/g)];
  const body = text.replace(/^【[^【】]*】/, "");
  if (body.trim() === "") found("error", "sms.empty", LINT_SOURCES.yunpian, "the text is empty");
  if (signatures.length === 0 || !text.startsWith("【")) {
    found("error", "sms.signature-missing", LINT_SOURCES.yunpian, "the text must begin with 【signature】");
  } else if (signatures.length > 1 || /[【】]/.test(body)) {
    found("error", "sms.signature-several", LINT_SOURCES.yunpian, "only one pair of 【】 may stand in the text");
  }
  const fault = signatures[0]?.[1] === undefined ? undefined : signatureIssue(signatures[0][1]);
  if (fault !== undefined) found("error", "sms.signature-invalid", LINT_SOURCES.tencent, fault);

  const canRefuse = hasOptOutText(text, optOutText);
  if (messageClass === "marketing" && !canRefuse) {
    found(
      "error",
      "sms.opt-out-missing",
      LINT_SOURCES.advertisingLaw,
      "marketing must end with a way to refuse",
      optOutText,
    );
  }
  if (messageClass !== "marketing" && canRefuse) {
    found("error", "sms.opt-out-forbidden", LINT_SOURCES.aliyun, "notices and codes must not carry a way to refuse");
  }

  const longest = text.replace(/\{\{\s*link\s*\}\}/g, "x".repeat(linkLength));
  const { units, segments } = countSegments(longest);
  if (units > MAX_CHARACTERS) {
    found("error", "sms.too-long", LINT_SOURCES.tencent, `at most ${MAX_CHARACTERS} characters`, String(units));
  } else if (segments > maxSegments) {
    found("warning", "sms.segments", LINT_SOURCES.yunpian, `is billed as ${segments} messages`, `${units} characters`);
  }

  const sign = SIGNS.exec(body)?.[0];
  if (sign !== undefined && !/[【】]/.test(sign)) {
    found(
      "warning",
      "sms.character",
      LINT_SOURCES.aliyun,
      "holds signs that providers refuse or handsets garble",
      sign,
    );
  }
  const category = messageClass === "verification" ? undefined : CATEGORIES.exec(body)?.[0];
  if (category !== undefined) {
    const severity = /召回|拉新/.test(category) ? "warning" : "error";
    found(severity, "sms.category", LINT_SOURCES.tencent, "names a category that providers refuse", category);
  }
  if (LINK.test(body) || /\{\{\s*link\s*\}\}/.test(body)) {
    const message = "carriers hold back links that are not registered; have the domain filed, or send without a link";
    found("warning", "sms.link", LINT_SOURCES.carriers, message);
  }
  if (CONTACT.test(body)) {
    found(
      "warning",
      "sms.contact",
      LINT_SOURCES.carriers,
      "carriers hold back numbers and contacts that are not registered",
    );
  }
  for (const [name, value] of Object.entries(values)) {
    if (name === "link" || !LINK.test(value)) continue;
    found("error", "sms.variable-link", LINT_SOURCES.aliyun, "a variable must not hold a link", name);
  }
  if (/\}\}\s*\{\{/.test(body)) {
    found(
      "warning",
      "sms.variables-adjacent",
      LINT_SOURCES.tencent,
      "variables must not follow each other without a word",
    );
  }
  if (VARIABLE.test(body) && body.replace(VARIABLE, "").replace(optOutText, "").trim() === "") {
    found("error", "sms.variables-only", LINT_SOURCES.tencent, "a text must not consist of variables alone");
  }
  VARIABLE.lastIndex = 0;
  return findings.toSorted((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"));
}
