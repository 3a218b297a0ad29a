import { type HttpContext, type Language, type Reply, reply } from "@recallkit/http";
import { visitorOf } from "./agents.js";
import { type Guesses, guesses } from "./guesses.js";
import { type Claimed, type LinkView, lookBehind, PAGE_STATUS } from "./look.js";
import { landingPage } from "./pages.js";
import { type PageState, stateWords } from "./words.js";

const TOKEN = /^[\w-]{22}$/;
/** As people type it. */
const CODE = /^[A-Za-z2-9]{4}[\s-]?[A-Za-z2-9]{4}$/;

/** Every page is one segment below the root of the routes. */
export const BASE = "..";

const counters = new WeakMap<object, Guesses>();

/** Who guesses, of one app. */
function guessesOf(context: HttpContext): Guesses {
  const known = counters.get(context) ?? guesses(context.clock);
  counters.set(context, known);
  return known;
}

/** What a call asks with. */
export interface Visitor {
  readonly context: HttpContext;
  readonly ip: string;
  readonly language: Language;
}

/**
 * A link by its token or code. Who has guessed too often waits, but for a token that is right: nobody guesses one, and the
 * phones of a carrier share an address with whoever tries.
 */
export async function findLink({ context, ip }: Visitor, name: string) {
  const counter = guessesOf(context);
  const isToken = TOKEN.test(name);
  if (!isToken && counter.waitMs(ip) > 0) return "wait" as const;
  const found = isToken || CODE.test(name) ? await context.kit.resolveLink(name) : undefined;
  if (found) return found;
  if (counter.waitMs(ip) > 0) return "wait" as const;
  counter.wrong(ip);
  return "unknown" as const;
}

/** How long somebody who guessed has to wait, for `Retry-After`. */
export function waitSeconds({ context, ip }: Visitor): number {
  return Math.ceil(guessesOf(context).waitMs(ip) / 1000);
}

/** A page that tells nothing of anybody. */
export function barePage(visitor: Visitor, state: PageState): Reply {
  const { context, language } = visitor;
  const bare = {
    brand: null,
    greeting: undefined,
    coupon: undefined,
    code: undefined,
    token: undefined,
    canRefuse: false,
  };
  const model = { ...bare, language, state, words: stateWords(language, state), asksName: false, base: BASE };
  const page = landingPage(model, PAGE_STATUS[state], context.ids.next());
  return state === "wait" ? untilLater(visitor, page) : page;
}

/** A page that says when to come back. */
export function untilLater(visitor: Visitor, { body, status = 429, headers }: Reply): Reply {
  return reply(body, { status, headers: { ...headers, "retry-after": String(waitSeconds(visitor)) } });
}

/** The page behind a link; a GET is a view of it, of a person or of a program. */
export async function visitLink(
  visitor: Visitor & { readonly method: string; readonly headers: Parameters<typeof visitorOf>[0] },
  token: string,
): Promise<Reply> {
  const found = await findLink(visitor, token);
  if (typeof found === "string") return barePage(visitor, found);
  const { context, method, headers } = visitor;
  const { links } = context.kit.forTenant(found.tenantId);
  const kind = visitorOf(headers) === "scanner" ? "scan" : "view";
  // HEAD asks whether there is something; nobody has seen it.
  const link = method === "HEAD" ? await links.get(token) : await links.visit(token, { kind, link: found.link });
  return link ? pageOf(visitor, { tenantId: found.tenantId, link, token }) : barePage(visitor, "unknown");
}

/** A link with the token that led to it. */
export interface OpenLink {
  readonly tenantId: number;
  readonly link: LinkView;
  readonly token: string;
}

/** The page of a link as things stand, or of what a claim came to. */
export async function pageOf(
  { context, language }: Pick<Visitor, "context" | "language">,
  found: OpenLink,
  outcome?: PageState,
  claim?: Claimed,
): Promise<Reply> {
  const { brand, ...look } = await lookBehind(context.kit, found, { language, now: context.clock.now(), claim });
  const state = outcome ?? look.state;
  const { token } = found;
  const logo = brand.logo === undefined ? undefined : `${BASE}/landing/${token}/logo`;
  const model = { ...look, state, brand: { ...brand, logo }, words: stateWords(language, state), language };
  const isPersonal = found.link.kind === "personal";
  return landingPage({ ...model, token, canRefuse: isPersonal, base: BASE }, PAGE_STATUS[state], context.ids.next());
}

export { askToRefuseMessages, refusedMessages, unknownMessages } from "./refuse.js";
