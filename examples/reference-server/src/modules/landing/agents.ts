import type { Headers } from "@recallkit/http";
import { isbot } from "isbot";

/** Who asked for a page: a program that looks at links before people do, or a browser that somebody holds. */
export type Visitor = "scanner" | "person";

/** Programs of messengers, mail gateways and phones in China that look at links and that general lists do not know. */
const SCANNERS: readonly RegExp[] = [
  // Messengers fetch a page to show a card of it.
  /DingTalkBot|LarkUrl|Lark-?Spider|feishu-?(?:url|link)|WeChatShareExtension|QQ-?URL-?Manager|WeiboBot|TencentTraveler/i,
  // Phones and safety services look at links in texts.
  /QQBrowserSafe|360Spider|HaosouSpider|YisouSpider|Tencent-?(?:Security|Spider)|MiuiScan|HuaweiWebCatBot|SafeBrowsing/i,
  // Mail gateways open every link of a message.
  /Barracuda|Mimecast|Proofpoint|Symantec|TrendMicro|FireEye|Sophos|ms-office|MSOffice|Outlook-iOS-Android-LinkPreview|YahooMailProxy/i,
  // Programs that are no browser.
  /^(?!Mozilla\/)/,
];

/**
 * Tells programs from people by what a request says of itself. A program that passes for a browser is counted as a view and
 * never as a click: a click needs somebody to touch the page.
 */
export function visitorOf(headers: Headers): Visitor {
  const agent = headers["user-agent"] ?? "";
  const purpose = [headers["sec-purpose"], headers.purpose, headers["x-purpose"], headers["x-moz"]].join(" ");
  if (/prefetch|preview|prerender/i.test(purpose)) return "scanner";
  if (isbot(agent) || SCANNERS.some((pattern) => pattern.test(agent))) return "scanner";
  return "person";
}
