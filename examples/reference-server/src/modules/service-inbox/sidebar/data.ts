import { suppressionChannels } from "@recallkit/core/ports";
import type { DeskAccess, Project, Ticket } from "../../service-desk/service.js";
import { seesCustomer } from "../access.js";
import type { Inbox } from "../inbox.js";
import { latestOrders, type ShownOrder } from "../router/orders.js";
import { inboxSettings } from "../settings.js";
import { inboxTables } from "../tables.js";
import { latestPushes, type ShownPush } from "./pushes.js";

/** What an employee sees beside a chat. */
export interface SidebarData {
  readonly customer: { readonly id: number; readonly name: string | null; readonly mobile: string | null };
  readonly labels: readonly string[];
  readonly orders: readonly ShownOrder[];
  readonly pushes: readonly ShownPush[];
  readonly tickets: readonly Ticket[];
  readonly projects: readonly Project[];
  readonly quickReplies: readonly string[];
  readonly nextAction: NextAction;
}

export const NEXT_ACTIONS = [
  "solve_complaint",
  "overdue_ticket",
  "ask_rating",
  "work_on_ticket",
  "no_marketing",
  "follow_up_project",
  "win_back",
  "greet",
] as const;
export interface NextAction {
  readonly code: (typeof NEXT_ACTIONS)[number];
  /** Ticket or project that it is about. */
  readonly id: number | null;
}

const LAPSED_MS = 45 * 86_400_000;

/** What somebody may see of a customer; undefined: nothing, since the customer is not there or another employee's. */
export async function sidebarData(
  inbox: Inbox,
  access: DeskAccess,
  customerId: number,
): Promise<SidebarData | undefined> {
  const { stores, tenantId, desk, context } = inbox;
  const customer = await stores.customers.get(tenantId, customerId);
  if (!customer || !(await seesCustomer(inbox, access, customerId))) return undefined;
  const [tickets, projects, orders, pushes, labels, { settings }] = await Promise.all([
    desk.ticketsOf(access, customerId),
    desk.projectsOf(access, customerId),
    latestOrders(stores, tenantId, customerId, 5),
    latestPushes(stores, tenantId, customerId, 5),
    labelsOf(inbox, customerId),
    inboxSettings(stores, tenantId),
  ]);
  const { mobile = null } = customer.identities;
  const { openid, external_userid: externalUserId } = customer.identities;
  const addresses = [mobile, openid, externalUserId].flatMap((address) => address ?? []);
  const suppressed = await stores.suppressions.matching(tenantId, suppressionChannels("wecom"), {
    addresses,
    customerIds: [customerId],
  });
  const now = context.clock.now();
  const facts = { tickets, projects, orders, now, isRefusing: suppressed.some(({ reason }) => reason === "opt_out") };
  return {
    customer: { id: customerId, name: customer.name, mobile },
    ...{ labels, orders, pushes, tickets: tickets.slice(0, 5), projects: projects.slice(0, 5) },
    quickReplies: settings.quick_replies,
    nextAction: nextAction(facts),
  };
}

/** The one thing that should be done next; complaints come before everything, selling after everything. */
function nextAction({
  tickets,
  projects,
  orders,
  isRefusing,
  now,
}: {
  readonly tickets: readonly Pick<Ticket, "id" | "kind" | "state" | "solutionDue" | "rating">[];
  readonly projects: readonly Pick<Project, "id" | "stage">[];
  readonly orders: readonly Pick<ShownOrder, "at">[];
  readonly isRefusing: boolean;
  readonly now: number;
}): NextAction {
  const open = tickets.filter(({ state }) => state === "queued" || state === "assigned");
  const complaint = open.find(({ kind }) => kind === "complaint");
  if (complaint) return { code: "solve_complaint", id: complaint.id };
  const overdue = open.find(({ solutionDue }) => solutionDue < now);
  if (overdue) return { code: "overdue_ticket", id: overdue.id };
  const [ticket] = open;
  if (ticket) return { code: "work_on_ticket", id: ticket.id };
  const solved = tickets.find(({ state }) => state === "solved");
  if (solved) return { code: "ask_rating", id: solved.id };
  const project = projects.find(({ stage }) => stage === "pre_sales");
  if (project) return { code: "follow_up_project", id: project.id };
  if (isRefusing) return { code: "no_marketing", id: null };
  const [last] = orders;
  if (last && last.at < now - LAPSED_MS) return { code: "win_back", id: null };
  return { code: "greet", id: null };
}

async function labelsOf({ stores, tenantId }: Inbox, customerId: number): Promise<readonly string[]> {
  const rows = await inboxTables(stores)
    .selectFrom("rk_customer_labels as h")
    .innerJoin("rk_labels as l", (join) =>
      join.onRef("l.id", "=", "h.label_id").onRef("l.tenant_id", "=", "h.tenant_id"),
    )
    .select("l.name")
    .where("h.tenant_id", "=", tenantId)
    .where("h.customer_id", "=", customerId)
    .limit(20)
    .execute();
  return rows.map(({ name }) => String(name));
}
