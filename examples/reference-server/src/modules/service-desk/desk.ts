// What the service desk is to the rest of the server: people, projects and tickets of one tenant.
import type { Language } from "@recallkit/http";
import type { DeskRefusalCode } from "./refusals.js";

/** Who looks or acts; every read and write of the desk goes through it. */
export type DeskAccess =
  /** A person of the tenant: their own projects and tickets. */
  | { readonly kind: "customer"; readonly customerId: number }
  /** An employee: what belongs to their customers, what they own, what is assigned to them. */
  | { readonly kind: "staff"; readonly staffId: number }
  /** Everything of the tenant. */
  | { readonly kind: "admin" };

/** An expected no: nothing was changed. */
export interface DeskRefusal {
  readonly ok: false;
  readonly code: DeskRefusalCode;
  readonly text: Readonly<Record<Language, string>>;
}

/** What came of it, or why nothing did. */
export type DeskOutcome<T> = { readonly ok: true; readonly value: T } | DeskRefusal;

export const TICKET_KINDS = ["consult", "progress", "after_sales", "complaint", "invoice", "other"] as const;
export type TicketKind = (typeof TICKET_KINDS)[number];

/** The more urgent the later. */
export const TICKET_PRIORITIES = ["low", "normal", "high", "urgent"] as const;
export type TicketPriority = (typeof TICKET_PRIORITIES)[number];

export const TICKET_SOURCES = ["official_account", "wecom", "web", "phone", "api"] as const;
export type TicketSource = (typeof TICKET_SOURCES)[number];

/** `queued` waits for somebody, `merged` went on in another ticket. */
export const TICKET_STATES = ["queued", "assigned", "solved", "confirmed", "merged"] as const;
export type TicketState = (typeof TICKET_STATES)[number];

/** 售前, 售中, 售后, 丢单, 结束. */
export const PROJECT_STAGES = ["pre_sales", "in_sales", "after_sales", "lost", "closed"] as const;
export type ProjectStage = (typeof PROJECT_STAGES)[number];

export const STAFF_ROLES = ["staff", "admin", "customer"] as const;
/** `customer`: a login of a person of the tenant, who is never given a ticket. */
export type StaffRole = (typeof STAFF_ROLES)[number];

export const PRESENCES = ["online", "away", "offline"] as const;
export type Presence = (typeof PRESENCES)[number];

/** Times of a weekday, `HH:mm` to `HH:mm` of the tenant's zone; a day without any is free. */
export type WorkingHours = Readonly<Partial<Record<"1" | "2" | "3" | "4" | "5" | "6" | "7", readonly Span[]>>>;
interface Span {
  readonly from: string;
  readonly to: string;
}

/** Somebody of the desk: a user of the server, a member of the corp in WeCom, or both. */
export interface DeskStaff {
  readonly id: number;
  readonly name: string;
  /** Login of the server; null: none. */
  readonly userId: number | null;
  /** Member of the corp; null: none. */
  readonly wecomUserId: string | null;
  readonly role: StaffRole;
  /** Of role `customer`: who it is. */
  readonly customerId: number | null;
  readonly skills: readonly string[];
  /** Most open tickets at once; 0: none are dispatched to them. */
  readonly capacity: number;
  /** Open tickets that they have. */
  readonly load: number;
  readonly presence: Presence;
  /** Null: the tenant's. */
  readonly hours: WorkingHours | null;
  /** Epoch ms; null while they work here. */
  readonly leftAt: number | null;
  readonly version: number;
}

export interface Project {
  readonly id: number;
  readonly customerId: number;
  readonly name: string;
  readonly stage: ProjectStage;
  /** Null: nobody's yet. */
  readonly ownerId: number | null;
  /** Minor units of the tenant's currency. */
  readonly valueMinor: number;
  /** Local day on which a decision is expected. */
  readonly expectedOn: string | null;
  readonly source: string;
  readonly note: string;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly stageAt: number;
}

export interface Ticket {
  readonly id: number;
  readonly customerId: number | null;
  readonly projectId: number | null;
  readonly equipmentId: number | null;
  readonly sessionId: number | null;
  readonly kind: TicketKind;
  readonly priority: TicketPriority;
  readonly subject: string;
  readonly body: string;
  readonly source: TicketSource;
  /** What whoever works on it must be able to; null: anybody can. */
  readonly skill: string | null;
  readonly state: TicketState;
  /** Who has it; null: it waits. */
  readonly assigneeId: number | null;
  readonly version: number;
  /** When it is to be answered first and solved, epoch ms: working time only. */
  readonly firstAnswerDue: number;
  readonly solutionDue: number;
  readonly firstAnsweredAt: number | null;
  readonly solvedAt: number | null;
  readonly confirmedAt: number | null;
  /** 1 … 5. */
  readonly rating: number | null;
  readonly ratingComment: string;
  readonly reopened: number;
  readonly escalation: number;
  readonly mergedInto: number | null;
  readonly splitFrom: number | null;
  /** The ticket that was over for too long to be opened again. */
  readonly follows: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Something that happened to a ticket. */
export interface TicketEvent {
  readonly id: number;
  readonly ticketId: number;
  readonly kind: TicketEventKind;
  /** `customer:7`, `staff:3`, `admin`, `job`. */
  readonly actor: string;
  readonly fromStaff: number | null;
  readonly toStaff: number | null;
  readonly note: string;
  readonly at: number;
}

export const TICKET_EVENTS = [
  "opened",
  "queued",
  "assigned",
  "transferred",
  "answered",
  "solved",
  "confirmed",
  "rated",
  "reopened",
  "merged",
  "split",
  "escalated",
  "edited",
] as const;
export type TicketEventKind = (typeof TICKET_EVENTS)[number];

/** A ticket to open. */
export interface TicketInput {
  /** Null: nobody knows yet who it is. */
  readonly customerId: number | null;
  readonly kind: TicketKind;
  /** @default "normal", "high" of a complaint */
  readonly priority?: TicketPriority;
  /** 1 … 255 characters. */
  readonly subject: string;
  /** At most 20 000 characters. */
  readonly body: string;
  readonly source: TicketSource;
  readonly sessionId?: number | null;
  readonly projectId?: number | null;
  readonly equipmentId?: number | null;
  /** @default what the tenant's settings ask for of the kind */
  readonly skill?: string | null;
  /** The same key opens one ticket, however often it is asked; 1 … 255 characters. */
  readonly requestKey: string;
}

/** A ticket that was opened, and who has it now. */
export interface OpenedTicket {
  readonly ticket: Ticket;
  /** False: an earlier request of the same key did it. */
  readonly isNew: boolean;
  readonly assignee: DeskStaff | null;
  /** Place in the queue, 1 is next; null: somebody has it. */
  readonly position: number | null;
}

export interface ProjectInput {
  readonly customerId: number;
  /** 1 … 255 characters. */
  readonly name: string;
  /** @default 0 */
  readonly valueMinor?: number;
  readonly expectedOn?: string | null;
  /** @default "" */
  readonly source?: string;
  readonly note?: string;
  /** @default the employee who records it */
  readonly ownerId?: number | null;
  /** The same key records one project; null: a new one each time. */
  readonly requestKey?: string | null;
}

/**
 * The desk of one tenant. Calls inside `stores.transaction` join it. What is not visible to somebody is not there for them:
 * `project.not-found`, `ticket.not-found`. What exceptions say is that the work was not done; refusals are values.
 */
export interface ServiceDesk {
  /** Employee of a member of the corp; undefined: nobody, or they left. */
  staffByWecomUser(userId: string): Promise<DeskStaff | undefined>;
  /** What a user of the server may see; undefined: nobody of the desk. */
  accessOfUser(userId: number): Promise<DeskAccess | undefined>;
  staff(id: number): Promise<DeskStaff | undefined>;

  /** Makes a customer one of an employee's; again changes nothing. */
  bindCustomer(customerId: number, staffId: number, source: string): Promise<DeskOutcome<void>>;
  /** Ends it; the history stays. */
  unbindCustomer(customerId: number, staffId: number): Promise<void>;
  /** Employees whose customer it is, by the time of the binding. */
  staffOfCustomer(customerId: number): Promise<readonly DeskStaff[]>;

  /** Newest first, at most 200. */
  projectsOf(access: DeskAccess, customerId: number): Promise<readonly Project[]>;
  ticketsOf(access: DeskAccess, customerId: number): Promise<readonly Ticket[]>;
  project(access: DeskAccess, id: number): Promise<Project | undefined>;
  ticket(access: DeskAccess, id: number): Promise<Ticket | undefined>;

  /** 售前: `#记录客户`. A project of a customer who was nobody's makes them the owner's. */
  recordProject(access: DeskAccess, input: ProjectInput): Promise<DeskOutcome<Project>>;

  openTicket(access: DeskAccess, input: TicketInput): Promise<DeskOutcome<OpenedTicket>>;
  /** Somebody of the desk has answered: the first time stops the clock of the first answer. */
  recordAnswer(access: DeskAccess, ticketId: number): Promise<DeskOutcome<Ticket>>;
  transferTicket(access: DeskAccess, ticketId: number, toStaffId: number, note?: string): Promise<DeskOutcome<Ticket>>;
  solveTicket(access: DeskAccess, ticketId: number, note: string): Promise<DeskOutcome<Ticket>>;
  /** The customer says that it is solved. */
  confirm(access: DeskAccess, ticketId: number): Promise<DeskOutcome<Ticket>>;
  /** 1 … 5, once; confirms a solved ticket. */
  rateTicket(
    access: DeskAccess,
    ticketId: number,
    rating: { readonly stars: number; readonly comment?: string },
  ): Promise<DeskOutcome<Ticket>>;
  /** Not solved after all: the ticket again within the tenant's days, a new one that follows it later. */
  reopenTicket(access: DeskAccess, ticketId: number, note: string): Promise<DeskOutcome<OpenedTicket>>;

  /** What happened and was told to nobody yet, oldest first. Whoever tells people of it marks it with {@link announced}. */
  unannounced(limit: number): Promise<readonly TicketEvent[]>;
  announced(eventIds: readonly number[]): Promise<void>;
}
