import { instantField, numberedPage, numberedPageFields } from "@recallkit/http";
import * as z from "zod";
import { TICKET_EVENTS, TICKET_KINDS, TICKET_PRIORITIES, TICKET_SOURCES, TICKET_STATES, type Ticket } from "../desk.js";
import { idField, lineField, refField, textField, versionField } from "../fields.js";

const kind = z.enum(TICKET_KINDS);
const priority = z.enum(TICKET_PRIORITIES);
const skill = lineField(1, 64).nullable();

export const ticketSchema = z.strictObject({
  id: z.int(),
  customer_id: z.int().nullable(),
  project_id: z.int().nullable(),
  equipment_id: z.int().nullable(),
  session_id: z.int().nullable(),
  kind,
  priority,
  subject: z.string(),
  body: z.string(),
  source: z.enum(TICKET_SOURCES),
  skill: z.string().nullable(),
  state: z.enum(TICKET_STATES),
  assignee_id: z.int().nullable(),
  version: z.int(),
  first_answer_due: instantField,
  solution_due: instantField,
  first_answered_at: instantField.nullable(),
  solved_at: instantField.nullable(),
  confirmed_at: instantField.nullable(),
  rating: z.int().nullable(),
  rating_comment: z.string(),
  reopened: z.int(),
  escalation: z.int(),
  merged_into: z.int().nullable(),
  split_from: z.int().nullable(),
  follows: z.int().nullable(),
  created_at: instantField,
  updated_at: instantField,
});
export const ticketsPage = numberedPage(ticketSchema);

export const openedSchema = z.strictObject({
  ticket: ticketSchema,
  is_new: z.boolean(),
  position: z.int().nullable().describe("排队位置，1 为下一个 / place in the queue, 1 is next"),
});

export const ticketsQuery = z.strictObject({
  ...numberedPageFields,
  state: z.enum(TICKET_STATES).optional(),
  kind: kind.optional(),
  assignee_id: idField.optional(),
  customer_id: idField.optional(),
  project_id: idField.optional(),
  equipment_id: idField.optional(),
});

export const openTicketBody = z.strictObject({
  customer_id: refField.nullable().optional().describe("客户自己提单时可省略 / a customer's own by default"),
  kind,
  priority: priority.optional(),
  subject: lineField(1),
  body: textField(20_000).optional(),
  source: z.enum(TICKET_SOURCES).optional(),
  project_id: refField.nullable().optional(),
  equipment_id: refField.nullable().optional(),
  skill: skill.optional(),
  request_key: lineField(1, 200).optional().describe("同一个键只开一张工单 / one key opens one ticket"),
});

export const editTicketBody = z.strictObject({
  version: versionField,
  kind: kind.optional(),
  priority: priority.optional(),
  subject: lineField(1).optional(),
  skill: skill.optional(),
  project_id: refField.nullable().optional(),
  equipment_id: refField.nullable().optional(),
});

export const transferBody = z.strictObject({
  to_staff_id: refField,
  note: textField(2000).optional(),
  version: versionField.optional(),
});
export const solveBody = z.strictObject({ note: textField(20_000).optional(), version: versionField.optional() });
export const rateBody = z.strictObject({ rating: z.int().min(1).max(5), comment: textField(2000).optional() });
export const mergeBody = z.strictObject({ into: refField, version: versionField.optional() });
export const splitBody = z.strictObject({
  subject: lineField(1),
  body: textField(20_000).optional(),
  kind: kind.optional(),
  priority: priority.optional(),
  version: versionField.optional(),
});
export const attachBody = z.strictObject({
  media: z
    .string()
    .regex(/^(media:)?[0-9a-f]{64}$/)
    .transform((text) => text.replace("media:", ""))
    .describe("`POST /api/media` 的结果 / what `POST /api/media` answered"),
  name: lineField(1),
});

export const eventsSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.int(),
      kind: z.enum(TICKET_EVENTS),
      actor: z.string(),
      from_staff_id: z.int().nullable(),
      to_staff_id: z.int().nullable(),
      note: z.string(),
      at: instantField,
    }),
  ),
});
export const viewersSchema = z.strictObject({
  others: z.array(z.strictObject({ viewer: z.string(), name: z.string(), seen_at: instantField })),
});
export const attachmentsSchema = z.strictObject({
  items: z.array(z.strictObject({ media: z.string(), name: z.string(), created_at: instantField })),
});

/** A ticket in the form of answers. */
export function ticketShape(ticket: Ticket): z.input<typeof ticketSchema> {
  return {
    id: ticket.id,
    customer_id: ticket.customerId,
    project_id: ticket.projectId,
    equipment_id: ticket.equipmentId,
    session_id: ticket.sessionId,
    kind: ticket.kind,
    priority: ticket.priority,
    subject: ticket.subject,
    body: ticket.body,
    source: ticket.source,
    skill: ticket.skill,
    state: ticket.state,
    assignee_id: ticket.assigneeId,
    version: ticket.version,
    first_answer_due: ticket.firstAnswerDue,
    solution_due: ticket.solutionDue,
    first_answered_at: ticket.firstAnsweredAt,
    solved_at: ticket.solvedAt,
    confirmed_at: ticket.confirmedAt,
    rating: ticket.rating,
    rating_comment: ticket.ratingComment,
    reopened: ticket.reopened,
    escalation: ticket.escalation,
    merged_into: ticket.mergedInto,
    split_from: ticket.splitFrom,
    follows: ticket.follows,
    created_at: ticket.createdAt,
    updated_at: ticket.updatedAt,
  };
}

/** A ticket as the documentation shows it. */
export const ticketExample = {
  id: 1,
  customer_id: 7,
  project_id: 1,
  equipment_id: null,
  session_id: null,
  kind: "after_sales" as const,
  priority: "normal" as const,
  subject: "打印机不出票",
  body: "",
  source: "wecom" as const,
  skill: null,
  state: "assigned" as const,
  assignee_id: 1,
  version: 2,
  first_answer_due: 1_767_232_800_000,
  solution_due: 1_767_340_800_000,
  first_answered_at: null,
  solved_at: null,
  confirmed_at: null,
  rating: null,
  rating_comment: "",
  reopened: 0,
  escalation: 0,
  merged_into: null,
  split_from: null,
  follows: null,
  created_at: 1_767_225_600_000,
  updated_at: 1_767_225_600_000,
};

/** Something that happened to it. */
export const eventExample = {
  id: 1,
  kind: "opened" as const,
  actor: "customer:7",
  from_staff_id: null,
  to_staff_id: null,
  note: "打印机不出票",
  at: 1_767_225_600_000,
};

/** A file at it. */
export const attachmentExample = {
  media: `media:${"0".repeat(64)}`,
  name: "照片.jpg",
  created_at: 1_767_225_600_000,
};
