import { type Desk, deskOf } from "./context.js";
import type { ServiceDesk } from "./desk.js";
import { recordProject } from "./projects/project.js";
import { findProject, listProjects, projectOf } from "./projects/store.js";
import { bindCustomer, staffOfCustomer, unbindCustomer } from "./staff/bindings.js";
import { accessOfUser, getStaff, staffByWecomUser } from "./staff/store.js";
import { rateTicket, reopenTicket } from "./tickets/feedback.js";
import { announced, listTickets, unannounced } from "./tickets/list.js";
import { openTicket } from "./tickets/open.js";
import { findTicket, ticketOf } from "./tickets/store.js";
import { confirmTicket, recordAnswer, solveTicket, transferTicket } from "./tickets/work.js";

const MOST = 200;

/**
 * The desk of a tenant, with its settings as they stand now.
 *
 * @param actor who acts where everything is visible
 */
export async function openServiceDesk(
  context: Desk["context"],
  tenantId: number,
  actor?: string,
): Promise<ServiceDesk> {
  const desk = await deskOf(context, tenantId, actor);
  const { stores } = desk;
  return {
    staffByWecomUser: (userId) => staffByWecomUser(stores, tenantId, userId),
    accessOfUser: (userId) => accessOfUser(stores, tenantId, userId),
    staff: (id) => getStaff(stores, tenantId, id),
    bindCustomer: (customerId, staffId, source) => bindCustomer(desk, customerId, staffId, source),
    unbindCustomer: (customerId, staffId) => unbindCustomer(desk, customerId, staffId),
    staffOfCustomer: (customerId) => staffOfCustomer(desk, customerId),
    projectsOf: async (access, customer_id) =>
      (await listProjects(desk, access, { customer_id, page_size: MOST })).items,
    ticketsOf: async (access, customer_id) => (await listTickets(desk, access, { customer_id, page_size: MOST })).items,
    async project(access, id) {
      const row = await findProject(desk, access, id);
      return row && projectOf(row);
    },
    async ticket(access, id) {
      const row = await findTicket(desk, access, id);
      return row && ticketOf(row);
    },
    recordProject: (access, input) => recordProject(desk, access, input),
    openTicket: (access, input) => openTicket(desk, access, input),
    recordAnswer: (access, id) => recordAnswer(desk, access, id),
    transferTicket: (access, id, to, note) => transferTicket(desk, access, id, to, { note }),
    solveTicket: (access, id, note) => solveTicket(desk, access, id, { note }),
    confirm: (access, id) => confirmTicket(desk, access, id),
    rateTicket: (access, id, rating) => rateTicket(desk, access, id, rating),
    reopenTicket: (access, id, note) => reopenTicket(desk, access, id, { note }),
    unannounced: (limit) => unannounced(desk, limit),
    announced: (ids) => announced(desk, ids),
  };
}
