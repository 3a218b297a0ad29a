import type { Ticket } from "../../service-desk/service.js";
import type { Inbox } from "../inbox.js";
import type { RouterAction } from "../router/decisions.js";
import type { SessionRow } from "./store.js";
import { WORDS } from "./words.js";

/** What a customer's word about a solved ticket came to. */
export interface Feedback {
  readonly action: RouterAction;
  readonly reply: string;
  /** What is asked from now on; empty: nothing. */
  readonly asks: string;
  readonly state: "router" | "person";
}

const STARS: Readonly<Record<string, number>> = { 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5 };
const NOT_SOLVED = /^(没有?解决|未解决|还没解决|没好|没修好|还是不行|不行|没有)[。！!]*$/u;
const SOLVED = /^(已?解决了?|好了|可以了|确认|没问题了?)[。！!]*$/u;

/** Reads an answer to the question whether a ticket is solved: stars, yes or no. @returns undefined: it is something else */
export async function feedbackTo(
  { desk }: Inbox,
  session: Pick<SessionRow, "customer_id">,
  ticket: Ticket,
  body: string,
): Promise<Feedback | undefined> {
  const text = body.normalize("NFKC").trim();
  const access =
    session.customer_id !== null && session.customer_id === ticket.customerId
      ? ({ kind: "customer", customerId: session.customer_id } as const)
      : ({ kind: "admin" } as const);
  if (NOT_SOLVED.test(text)) {
    const opened = await desk.reopenTicket(access, ticket.id, text);
    if (!opened.ok) return { action: "reopen", reply: opened.text.zh, asks: "", state: "router" };
    return { action: "reopen", reply: WORDS.reopened, asks: "", state: "person" };
  }
  if (SOLVED.test(text)) {
    const confirmed = await desk.confirm(access, ticket.id);
    const reply = confirmed.ok ? WORDS.confirmed : confirmed.text.zh;
    return { action: "confirm", reply, asks: confirmed.ok ? "rating" : "", state: "router" };
  }
  const [, digit = "", comment = ""] =
    /^([1-5一二两三四五])\s*(?:分|星|颗星)?[\s,，。:：;；]*(.{0,500})$/su.exec(text) ?? [];
  // 5号能来吗 is no rating; 5 and 5分，很好 are.
  if (digit === "" || /^\d|^[号点月日个台]/u.test(comment)) return undefined;
  const stars = STARS[digit] ?? Number(digit);
  const rated = await desk.rateTicket(access, ticket.id, { stars, comment });
  return { action: "rate", reply: rated.ok ? WORDS.rated : rated.text.zh, asks: "", state: "router" };
}
