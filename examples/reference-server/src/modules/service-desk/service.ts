// What others may use of this module.

export type {
  DeskAccess,
  DeskStaff,
  Project,
  ServiceDesk,
  Ticket,
  TicketEvent,
  TicketKind,
  TicketSource,
} from "./desk.js";
export { longWaits } from "./long-waits.js";
export { staffNamed, tenantsWithNews } from "./news.js";
export { openServiceDesk } from "./open-desk.js";
