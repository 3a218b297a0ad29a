// Writes docs/errors.md from the catalogue, with the Chinese texts that the server answers with, and from the providers' tables.
import { JPUSH_CODES } from "@recallkit/channels/app-push";
import { type ProviderCode, SMTP_REPLIES } from "@recallkit/channels/email";
import { FEISHU_BOT_CODES, FEISHU_CODES } from "@recallkit/channels/feishu";
import { WEBHOOK_STATUSES } from "@recallkit/channels/webhook";
import { WECOM_ERRORS, WECOM_TOKEN_ERRORS, type WecomError } from "@recallkit/wecom";
import { OFFICIAL_ACCOUNT_ERRORS } from "@recallkit/wecom/official-account";
import { CATALOGUE, type CatalogueRow, INTRO } from "./error-catalogue.ts";
import { textsOf } from "./server-texts.ts";

/** The page as it has to be; `npm run docs` writes it. */
export function errorPage(): string {
  const sections = CATALOGUE.map(({ title, intro, rows }) =>
    [`## ${title}`, ...(intro === "" ? [] : [intro]), table(rows)].join("\n\n"),
  );
  return `${["# Errors", INTRO, ...sections, ...wecomSection(), ...officialAccountSection(), ...mailSection(), ...pushSections()].join("\n\n")}\n`;
}

function wecomSection(): readonly string[] {
  return [
    "## WeCom `errcode`",
    "What each says about the effect of a call, as [error classes](architecture/delivery.md#error-classes). Every other code is `REQUEST`: a code that is not 0 proves that the call failed. For `gettoken` the second table goes first, and a code in neither is `CONFIG`.",
    providerTable(WECOM_ERRORS),
    "Answered by `gettoken`:",
    providerTable(WECOM_TOKEN_ERRORS),
  ];
}

function officialAccountSection(): readonly string[] {
  const lines = OFFICIAL_ACCOUNT_ERRORS.map(({ errcode, effect, meaning }) => [`${errcode}`, `\`${effect}\``, meaning]);
  const header = ["errcode", "Class", "Meaning"];
  return [
    "## Official account `errcode`",
    "From the [table of codes](https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html). Every other code is `REQUEST`; 45065 of a mass message names the one that was sent under the same `clientmsgid`, and counts as accepted.",
    [header, header.map(() => "---"), ...lines].map((cells) => row(cells)).join("\n"),
  ];
}

function mailSection(): readonly string[] {
  return [
    "## Replies of mail servers",
    "By the command that they answer; the first line that fits holds. `x` is any digit, and a number with dots is an enhanced status. Every other end without a reply is `NOT_SENT` before the last line of the mail, and an unknown outcome after it.",
    codeTable(SMTP_REPLIES, "Asked for", ({ stage }) => stage),
  ];
}

function pushSections(): readonly string[] {
  return [
    "## Feishu",
    "Of `im/v1/messages` and of the token; `refused` is about the person. Any other code of 2300xx refuses the message, and the outcome of every other one is unknown.",
    codeTable(FEISHU_CODES),
    "Of a custom bot's webhook; any other code is `CONFIG`:",
    codeTable(FEISHU_BOT_CODES),
    "## JPush",
    "Any other code refuses the message with HTTP 4xx, and has an unknown outcome with 5xx.",
    codeTable(JPUSH_CODES),
    "## Receivers of webhooks",
    "What their HTTP status says; any 2xx takes the message over.",
    codeTable(WEBHOOK_STATUSES),
  ];
}

/** A table of a provider's codes. @param first a column of its own in front */
function codeTable<Row extends ProviderCode>(
  codes: readonly Row[],
  name?: string,
  first?: (code: Row) => string,
): string {
  const lines = codes.map((code) => [
    ...(first ? [first(code)] : []),
    `\`${code.code}\``,
    consequence(code.rule),
    code.meaning,
    `[source](${code.source})`,
  ]);
  const header = [...(name === undefined ? [] : [name]), "Code", "What follows", "Meaning", "Source"];
  return [header, header.map(() => "---"), ...lines].map((cells) => row(cells)).join("\n");
}

function consequence(rule: ProviderCode["rule"]): string {
  switch (rule.kind) {
    case "refused":
      return `refused: \`${rule.reason}\``;
    case "deferred":
      return `put off by ${rule.ms / 60_000} min`;
    case "halted":
      return `\`${rule.effect}\``;
    case "unknown":
      return "unknown outcome";
  }
}

function providerTable(errors: readonly WecomError[]): string {
  const lines = errors.map(({ errcode, effect, meaning, document, retryAfterMs }) => [
    `\`${errcode}\``,
    `\`${effect}\``,
    meaning,
    retryAfterMs === undefined ? "–" : `${retryAfterMs / 60_000} min`,
    `[${document}](https://developer.work.weixin.qq.com/document/path/${document})`,
  ]);
  const header = ["errcode", "Class", "Meaning", "Wait", "Document"];
  return [header, header.map(() => "---"), ...lines].map((cells) => row(cells)).join("\n");
}

function table(rows: readonly CatalogueRow[]): string {
  const hasTexts = rows.some(({ code }) => textsOf(code) !== undefined);
  const header = hasTexts
    ? ["Code", "Meaning", "中文", "What to do", "Again"]
    : ["Code", "Meaning", "What to do", "Again"];
  const lines = rows.map(({ code, meaning, action, again }) => [
    `\`${code}\``,
    meaning,
    ...(hasTexts ? [textsOf(code)?.zh ?? "–"] : []),
    action,
    again,
  ]);
  return [header, header.map(() => "---"), ...lines].map((cells) => row(cells)).join("\n");
}

function row(cells: readonly string[]): string {
  return cells.every((cell) => cell === "---") ? `|${cells.join("|")}|` : `| ${cells.join(" | ")} |`;
}
