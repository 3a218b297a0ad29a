// What others may use of this module.

export type {
  DeskAccess,
  DeskOutcome,
  DeskRefusal,
  DeskStaff,
  OpenedTicket,
  Presence,
  Project,
  ProjectInput,
  ProjectStage,
  ServiceDesk,
  Ticket,
  TicketEvent,
  TicketInput,
  TicketKind,
  TicketPriority,
  TicketSource,
  TicketState,
} from "./desk.js";
export { staffNamed, tenantsWithNews } from "./news.js";
export { openServiceDesk } from "./open-desk.js";
