import type { Link } from "../../link/link.js";
import type { NewLink } from "../../ports/link-store.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable, type Row } from "../table.js";

/** A link with what is kept of its token and code. */
export type LinkRow = Omit<Link, "externalKey" | "id" | "tenantId"> &
  Pick<NewLink, "deliveryId" | "tokenHash" | "codeHash" | "seed"> &
  Row;

/** Links. */
export function linkTables(journal: Journal) {
  const links = createTable<LinkRow>(journal);
  return {
    links,
    linksByToken: links.indexBy((row) => [row.tokenHash]),
    linksByCode: links.indexBy((row) => (row.codeHash === null ? [] : [row.codeHash])),
    linksByDelivery: links.indexBy((row) =>
      row.deliveryId === null ? [] : [compositeKey(row.tenantId, row.deliveryId)],
    ),
    linksByBatch: links.indexBy((row) =>
      row.kind === "shared"
        ? [compositeKey(row.tenantId, row.occurrenceId ?? 0, row.channel, row.batchNumber ?? 0)]
        : [],
    ),
    linksByCustomer: links.indexBy((row) => (row.customerId === null ? [] : [row.customerId])),
    linksByOccurrence: links.indexBy((row) => (row.occurrenceId === null ? [] : [row.occurrenceId])),
  };
}
