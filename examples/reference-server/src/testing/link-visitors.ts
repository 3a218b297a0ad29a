import type { Headers } from "@recallkit/http";

/** What one kind of visitor says of itself. */
export interface VisitorProfile {
  readonly name: string;
  readonly headers: Headers;
}

const CHROME = "Mozilla/5.0 (Linux; Android 14; 23127PN0CC) AppleWebKit/537.36 (KHTML, like Gecko)";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const agent = (name: string, userAgent: string): VisitorProfile => ({ name, headers: { "user-agent": userAgent } });

/** Programs that open links before people do; tests of the pages go through all of them. */
export const SCANNERS: readonly VisitorProfile[] = [
  agent("Googlebot", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
  agent("bingbot", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
  agent("BingPreview", "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 BingPreview/1.0b"),
  agent("Baiduspider", "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"),
  agent("360Spider", `${CHROME} Chrome/86.0 Mobile Safari/537.36; 360Spider`),
  agent("Sogou", "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)"),
  agent("YisouSpider", "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 Chrome/69 Safari/537.36 YisouSpider"),
  agent("Bytespider", `${CHROME} Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)`),
  agent("PetalBot", `${CHROME} (compatible; PetalBot;+https://webmaster.petalsearch.com/site/petalbot)`),
  agent("Applebot", "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15 (Applebot/0.1)"),
  agent("YandexBot", "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)"),
  agent("facebookexternalhit", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"),
  agent("Twitterbot", "Twitterbot/1.0"),
  agent("LinkedInBot", "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)"),
  agent("Slackbot", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"),
  agent("Discordbot", "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"),
  agent("TelegramBot", "TelegramBot (like TwitterBot)"),
  agent("WhatsApp", "WhatsApp/2.23.20.0 A"),
  agent("SkypeUriPreview", "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5"),
  agent("Viber", "Viber/13.3.0"),
  agent("DingTalk's card", "Mozilla/5.0 (compatible; DingTalkBot-LinkService/1.0; +https://developers.dingtalk.com/)"),
  agent("Feishu's card", "Mozilla/5.0 (compatible; LarkUrl2PngService/1.0)"),
  agent("WeChat's card", "Mozilla/5.0 WeChatShareExtensionNew/8.0.49.33 CFNetwork/1496.0.7 Darwin/23.5.0"),
  agent("QQ's look at links", "Mozilla/5.0 (compatible; QQ-URL-Manager)"),
  agent("Barracuda", "Mozilla/5.0 (X11; Linux x86_64) BarracudaCentral/1.0"),
  agent("Mimecast", "Mozilla/5.0 (compatible; Mimecast-URL-Protect)"),
  agent("Outlook's look at links", "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"),
  agent("YahooMailProxy", "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"),
  agent(
    "GoogleImageProxy",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
  ),
  agent("HeadlessChrome", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/124.0 Safari/537.36"),
  agent("PhantomJS", "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 PhantomJS/2.1.1 Safari/538.1"),
  agent("curl", "curl/8.5.0"),
  agent("Wget", "Wget/1.21.4"),
  agent("python-requests", "python-requests/2.32.3"),
  agent("aiohttp", "Python/3.11 aiohttp/3.9.5"),
  agent("Go", "Go-http-client/2.0"),
  agent("okhttp", "okhttp/4.12.0"),
  agent("Java", "Java/17.0.10"),
  agent("Apache HttpClient", "Apache-HttpClient/5.3 (Java/17)"),
  agent("axios", "axios/1.7.2"),
  agent("node", "node"),
  agent("AhrefsBot", "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"),
  agent("nobody", ""),
  {
    name: "Chrome that loads beforehand",
    headers: { "user-agent": `${CHROME} Chrome/124.0.0.0 Mobile Safari/537.36`, "sec-purpose": "prefetch;prerender" },
  },
  {
    name: "Safari's preview",
    headers: { "user-agent": `${IPHONE} Version/17.5 Safari/604.1`, "x-purpose": "preview" },
  },
  {
    name: "Firefox that loads beforehand",
    headers: { "user-agent": "Mozilla/5.0 Firefox/126.0", "x-moz": "prefetch" },
  },
];

/** Browsers of people, most of them inside an app. */
export const BROWSERS: readonly VisitorProfile[] = [
  agent(
    "WeChat on Android",
    `${CHROME} Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20240404 MicroMessenger/8.0.49.2600(0x28003133) WeChat/arm64 Weixin NetType/5G Language/zh_CN ABI/arm64`,
  ),
  agent("WeChat on iPhone", `${IPHONE} Mobile/15E148 MicroMessenger/8.0.49(0x1800312f) NetType/WIFI Language/zh_CN`),
  agent(
    "WeCom on Android",
    `${CHROME} Version/4.0 Chrome/107.0 Mobile Safari/537.36 wxwork/4.1.28 MicroMessenger/7.0.1 Language/zh`,
  ),
  agent("WeCom on iPhone", `${IPHONE} Mobile/15E148 wxwork/4.1.28 MicroMessenger/7.0.1 Language/zh ColorScheme/Dark`),
  agent(
    "QQ",
    `${CHROME} Version/4.0 Chrome/109.0 MQQBrowser/6.2 TBS/046913 Mobile Safari/537.36 V1_AND_SQ_9.0.60 QQ/9.0.60`,
  ),
  agent("QQ Browser", `${CHROME} Version/4.0 Chrome/109.0 MQQBrowser/15.0 Mobile Safari/537.36 COVC/046911`),
  agent(
    "UC",
    "Mozilla/5.0 (Linux; U; Android 14; zh-CN) AppleWebKit/537.36 Chrome/100.0 UCBrowser/16.5.6 U4/1.0 Mobile Safari/537.36",
  ),
  agent(
    "Alipay",
    `${IPHONE} Mobile/21F90 ChannelId(0) NebulaSDK/1.8 AlipayDefined(nt:WIFI) AliApp(AP/10.6.0) AlipayClient/10.6.0`,
  ),
  agent(
    "DingTalk",
    `${CHROME} Version/4.0 Chrome/99.0 Mobile Safari/537.36 AliApp(DingTalk/7.5.30) com.alibaba.android.rimet/33000 Channel/227200`,
  ),
  agent("Feishu", `${IPHONE} Mobile/15E148 Lark/7.20.5 LarkLocale/zh_CN ChannelName/Feishu`),
  agent("Weibo", `${IPHONE} Mobile/15E148 Weibo (iPhone15,2__weibo__14.6.0__iphone__os17.5)`),
  agent("Douyin", `${CHROME} Version/4.0 Chrome/110.0 Mobile Safari/537.36 aweme_300400 BytedanceWebview/d8a21c6`),
  agent("Xiaohongshu", `${IPHONE} Mobile/15E148 XHS/8.40 discover/8.40 NetType/WiFi`),
  agent(
    "Taobao",
    `${CHROME} Version/4.0 Chrome/91.0 Mobile Safari/537.36 AliApp(TB/10.35.0) WindVane/8.5.0 UT4Aplus/0.2.29`,
  ),
  agent("Huawei's browser", `${CHROME} Chrome/114.0 HuaweiBrowser/15.0.4 HMSCore/6.13.0 Mobile Safari/537.36`),
  agent("Xiaomi's browser", `${CHROME} Version/4.0 Chrome/112.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/18.7.40702`),
  agent("vivo's browser", `${CHROME} Version/4.0 Chrome/101.0 Mobile Safari/537.36 VivoBrowser/18.1.0`),
  agent("Chrome on Android", `${CHROME} Chrome/124.0.0.0 Mobile Safari/537.36`),
  agent("Safari on iPhone", `${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`),
  agent("Samsung's browser", `${CHROME} SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36`),
  agent(
    "Edge on Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/124.0 Safari/537.36 Edg/124.0",
  ),
  agent("Firefox", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0"),
];
