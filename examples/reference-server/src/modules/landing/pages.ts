import type { Language, Reply } from "@recallkit/http";
import { reply } from "@recallkit/http";
import { Eta } from "eta";
import { SCRIPT } from "./script.js";
import { STYLE } from "./style.js";
import { PAGE_WORDS, type PageState, type StateWords, UNSUBSCRIBE_WORDS } from "./words.js";

/** Whose page it is, as far as the visitor may know. */
export interface Brand {
  readonly name: string;
  /** `#rrggbb`, and a lighter one for dark pages. */
  readonly colour: string;
  readonly colourOnDark: string;
  /** Address of the logo on this site. */
  readonly logo: string | undefined;
  readonly shopUrl: string | undefined;
  readonly contact: string | undefined;
}

/** What a coupon promises, in words. */
export interface CouponWords {
  readonly title: string;
  readonly worth: string | undefined;
  readonly from: string | undefined;
  readonly until: string | undefined;
  readonly terms: string | undefined;
}

/** Everything that the page of a link shows. */
export interface LandingModel {
  readonly language: Language;
  readonly state: PageState;
  readonly words: StateWords;
  /** Null where nothing may be told of anybody. */
  readonly brand: Brand | null;
  readonly greeting: string | undefined;
  readonly coupon: CouponWords | undefined;
  readonly code: string | undefined;
  readonly token: string | undefined;
  /** Whoever is there can end the messages on this page. */
  readonly canRefuse: boolean;
  /** The person is not known: the form asks. */
  readonly asksName: boolean;
  /** Where the routes begin in the eyes of a browser, `""` for the root. */
  readonly base: string;
}

/** What the page that ends messages shows. */
export interface UnsubscribeModel {
  readonly language: Language;
  readonly brand: Brand;
  readonly token: string;
  readonly channel: string;
  /** What the message was about; absent: nothing in particular. */
  readonly category?: string | undefined;
  readonly isDone: boolean;
  readonly base: string;
}

const eta = new Eta({ autoEscape: true, autoTrim: ["nl", "nl"], useWith: false });

const SHELL_TOP = `<!doctype html>
<html lang="<%= it.language === "zh" ? "zh-CN" : "en" %>"<% if (it.seen) { %> data-seen="<%= it.seen %>"<% } %>>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<meta name="format-detection" content="telephone=no">
<title><%= it.title %></title>
<link rel="icon" href="data:,">
<style nonce="<%= it.nonce %>">:root{--brand:<%= it.colour %>;--brand-dark:<%= it.colourOnDark %>}<%~ it.style %></style>
</head>
<body>
<main>
<% if (it.brand) { %>
<header><% if (it.brand.logo) { %><img src="<%= it.brand.logo %>" alt=""><% } %><span><%= it.brand.name %></span></header>
<% } %>
`;
const SHELL_END = `
</main>
<% if (it.script) { %><script src="<%= it.script %>" defer></script><% } %>
</body>
</html>
`;

const LANDING = eta.compile(`${SHELL_TOP}
<% if (it.greeting) { %><p class="hello"><%= it.greeting %></p><% } %>
<section class="card" aria-live="polite">
<% if (it.coupon && (it.state === "open" || it.state === "claimed")) { %>
<h1><%= it.state === "claimed" ? it.words.title : it.coupon.title %></h1>
<% if (it.state === "claimed") { %><p class="note"><%= it.coupon.title %></p><% } %>
<% if (it.coupon.worth) { %><p class="worth"><%= it.coupon.worth %></p><% } %>
<% if (it.coupon.from) { %><p class="from"><%= it.coupon.from %></p><% } %>
<% if (it.coupon.until) { %><p class="until"><%= it.say.validUntil %> <%= it.coupon.until %></p><% } %>
<hr class="cut">
<% if (it.state === "claimed") { %>
<p class="note"><%= it.say.code %></p>
<output class="code" data-test="code"><%= it.code %></output>
<button class="plain" type="button" data-copy="<%= it.code %>" data-done="<%= it.say.copied %>" hidden><%= it.say.copy %></button>
<p class="note"><%= it.words.text %></p>
<% } else { %>
<form method="post" action="<%= it.base %>/coupon/get">
<input type="hidden" name="token" value="<%= it.token %>">
<% if (it.asksName) { %><label><%= it.say.name %><input name="username" required maxlength="64" autocomplete="name"></label><% } %>
<button type="submit" data-test="claim" data-busy="<%= it.say.claiming %>"><%= it.say.claim %></button>
</form>
<% } %>
<% } else { %>
<h1><%= it.words.title %></h1>
<p class="note"><%= it.words.text %></p>
<% } %>
</section>
<% if (it.brand && it.brand.shopUrl && it.state !== "open") { %><p><a class="button plain" href="<%= it.brand.shopUrl %>" rel="noopener noreferrer"><%= it.say.shop %></a></p><% } %>
<% if (it.isLive && it.coupon && it.coupon.terms) { %><details><summary><%= it.say.terms %></summary><p><%= it.coupon.terms %></p></details><% } %>
<footer>
<% if (it.brand && it.brand.contact) { %><div><%= it.say.contact %> <%= it.brand.contact %></div><% } %>
<% if (it.canRefuse) { %><a href="<%= it.base %>/u/<%= it.token %>"><%= it.say.unsubscribe %></a><% } %>
</footer>
${SHELL_END}`);

const CODE_FORM = eta.compile(`${SHELL_TOP}
<section class="card">
<h1><%= it.say.codeTitle %></h1>
<% if (it.fault) { %><p class="note" role="alert"><%= it.fault %></p><% } %>
<hr class="cut">
<form class="codes" method="post" action="<%= it.base %>/landing">
<label><%= it.say.codeHint %><input name="code" required minlength="8" maxlength="9" autocomplete="off" autocapitalize="characters" spellcheck="false"></label>
<button type="submit"><%= it.say.go %></button>
</form>
</section>
${SHELL_END}`);

const UNSUBSCRIBE = eta.compile(`${SHELL_TOP}
<section class="card">
<% if (it.isDone) { %>
<h1><%= it.say.done %></h1>
<p class="note"><%= it.doneText %></p>
<% } else { %>
<h1><%= it.say.title %></h1>
<p class="note"><%= it.ask %></p>
<hr class="cut">
<% if (it.about) { %><form method="post" action="<%= it.base %>/u/<%= it.token %>"><button class="plain" type="submit" name="scope" value="category"><%= it.about %></button></form>
<% } %><form method="post" action="<%= it.base %>/u/<%= it.token %>"><button type="submit" name="scope" value="channel"><%= it.only %></button></form>
<form method="post" action="<%= it.base %>/u/<%= it.token %>"><button class="plain" type="submit" name="scope" value="all"><%= it.say.all %></button></form>
<% } %>
</section>
${SHELL_END}`);

const NEUTRAL = { colour: "#4a4a4a", colourOnDark: "#bdbdbd" };

/** The page of a link. */
export function landingPage(model: LandingModel, status: number, nonce: string): Reply {
  const { brand, language, base, token, state, coupon } = model;
  const isLive = state === "open" || state === "greeting" || state === "claimed";
  const title = coupon && isLive ? coupon.title : model.words.title;
  const html = LANDING.call(eta, {
    ...model,
    ...shell(brand, nonce),
    isLive,
    say: PAGE_WORDS[language],
    title: brand ? `${title} - ${brand.name}` : title,
    seen: isLive && token ? `${base}/landing/${token}/seen` : undefined,
    script: isLive ? `${base}${SCRIPT_PATH}` : undefined,
  });
  return page(html, status, nonce);
}

/** The page that asks for the eight characters of a message whose link was constant. */
export function codePage(
  model: { readonly language: Language; readonly base: string; readonly fault?: string },
  status: number,
  nonce: string,
): Reply {
  const say = PAGE_WORDS[model.language];
  const html = CODE_FORM.call(eta, { ...model, ...shell(null, nonce), say, title: say.offers });
  return page(html, status, nonce);
}

/** The page that ends messages: a GET asks, a POST does it. */
export function unsubscribePage(model: UnsubscribeModel, nonce: string): Reply {
  const { brand, language, channel, category } = model;
  const say = UNSUBSCRIBE_WORDS[language];
  const names: Readonly<Record<string, string>> = say.channels;
  const html = UNSUBSCRIBE.call(eta, {
    ...model,
    ...shell(brand, nonce),
    say,
    title: `${say.title} - ${brand.name}`,
    ask: say.ask(brand.name),
    only: say.only(names[channel] ?? say.other),
    doneText: category === undefined ? say.doneText : say.doneAbout(category),
    about: category === undefined ? undefined : say.about(category),
  });
  return page(html, 200, nonce);
}

/** Where the script is, with its version in the name. */
export const SCRIPT_PATH = "/landing/assets/page.js";

/** The script, which may be kept for a day. */
export function scriptReply(): Reply {
  return reply(SCRIPT, { headers: { "cache-control": "public, max-age=86400" } });
}

function shell(brand: Brand | null, nonce: string) {
  const { colour, colourOnDark } = brand ?? NEUTRAL;
  return { brand, colour, colourOnDark, nonce, style: STYLE };
}

/** A page of nobody else's files, which tells nobody where it was and is kept nowhere. */
function page(html: string, status: number, nonce: string): Reply {
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    "script-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return reply(html.trimStart(), {
    status,
    headers: {
      "content-security-policy": policy,
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-robots-tag": "noindex",
      vary: "accept-language, accept",
    },
  });
}
