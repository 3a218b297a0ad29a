import type { DeliveryState } from "../../delivery/states.js";
import type { Link } from "../../link/link.js";
import type { FoundLink, LinkStore, NewLink, SharedPlace } from "../../ports/link-store.js";
import { pageOfRows } from "../selection.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";
import type { LinkRow } from "./tables.js";

/** States of people to whom a message was, or may have been, sent. */
const REACHED: readonly DeliveryState[] = [
  "in_batch",
  "accepted",
  "delivered",
  "not_delivered",
  "unknown",
  "needs_review",
];

/** {@link LinkStore} in memory. */
export function linkStore(db: Database): LinkStore {
  const { links, linksByToken, linksByCode, linksByDelivery, linksByBatch, linksByCustomer, linksByOccurrence } =
    db.tables;
  const { customers, deliveriesByBatch, batchesByKey } = db.tables;

  const placeKey = (tenantId: number, { occurrenceId, channel, batchNumber }: SharedPlace) =>
    compositeKey(tenantId, occurrenceId, channel, batchNumber);

  function isTaken(tenantId: number, { tokenHash, codeHash, deliveryId, kind, ...link }: NewLink): boolean {
    if (linksByToken.find(tokenHash) || (codeHash !== null && linksByCode.find(codeHash))) return true;
    if (deliveryId !== null && linksByDelivery.find(compositeKey(tenantId, deliveryId))) return true;
    const { occurrenceId, channel, batchNumber } = link;
    if (kind !== "shared" || occurrenceId === null || batchNumber === null) return false;
    return linksByBatch.find(placeKey(tenantId, { occurrenceId, channel, batchNumber })) !== undefined;
  }

  const keyOf = ({ customerId }: LinkRow) =>
    customerId === null ? null : (customers.get(customerId)?.externalKey ?? null);
  const linkOf = (row: LinkRow) => toLink(row, keyOf(row));
  const found = (row: LinkRow | undefined): FoundLink | undefined => row && { link: linkOf(row), seed: row.seed };

  return {
    insertMany: (tenantId, given) =>
      db.write(() => {
        const free = given.filter((link) => {
          if (isTaken(tenantId, link)) return false;
          const visits = { views: 0, firstViewedAt: null, clicks: 0, firstClickedAt: null, scans: 0 };
          links.insert((id) => ({ ...link, ...visits, revokedAt: null, id, tenantId }));
          return true;
        });
        return free.length;
      }),
    seedsOf: (tenantId, batchId, state) =>
      db.read(() =>
        deliveriesByBatch
          .rows(batchId)
          .filter((row) => row.tenantId === tenantId && row.state === state && row.address !== null)
          .sort((a, b) => a.customerId - b.customerId)
          .map(({ id, customerId }) => ({
            deliveryId: id,
            customerId,
            seed: linksByDelivery.find(compositeKey(tenantId, id))?.seed ?? null,
          })),
      ),
    sharedSeed: (tenantId, place) => db.read(() => linksByBatch.find(placeKey(tenantId, place))?.seed ?? undefined),
    find: (by) =>
      db.read(() =>
        found(
          "tokenHash" in by
            ? linksByToken.find(by.tokenHash)
            : by.codeHashes.flatMap((hash) => linksByCode.find(hash) ?? [])[0],
        ),
      ),
    visit: (tenantId, linkId, kind, at) =>
      db.write(() => {
        const row = ofTenant(links.get(linkId), tenantId);
        if (!row) return false;
        const { views, clicks, scans, firstViewedAt, firstClickedAt } = row;
        const change = {
          view: { views: views + 1, firstViewedAt: firstViewedAt ?? at },
          click: { clicks: clicks + 1, firstClickedAt: firstClickedAt ?? at },
          scan: { scans: scans + 1 },
        }[kind];
        links.replace({ ...row, ...change });
        return true;
      }),
    revoke: (tenantId, which, at) =>
      db.write(() => {
        const rows =
          "linkId" in which
            ? [links.get(which.linkId)]
            : "occurrenceId" in which
              ? linksByOccurrence.rows(which.occurrenceId)
              : linksByCustomer.rows(which.customerId);
        const open = rows.flatMap((row) => (row?.tenantId === tenantId && row.revokedAt === null ? [row] : []));
        for (const row of open) links.replace({ ...row, revokedAt: at });
        return open.length;
      }),
    list: (tenantId, filter) =>
      db.read(() => {
        const { occurrenceId, customerId, couponId } = filter;
        const page = pageOfRows(
          links.all(),
          filter,
          (row) =>
            row.tenantId === tenantId &&
            (occurrenceId === undefined || row.occurrenceId === occurrenceId) &&
            (customerId === undefined || row.customerId === customerId) &&
            (couponId === undefined || row.couponId === couponId),
        );
        return { ...page, items: page.items.map(linkOf) };
      }),
    peopleOf: (tenantId, { occurrenceId, channel, batchNumber }, who) =>
      db.read(() => {
        const batch = batchesByKey.find(compositeKey(tenantId, occurrenceId, channel, batchNumber));
        if (!batch) return [];
        return deliveriesByBatch
          .rows(batch.id)
          .filter(({ state, customerId }) => {
            if (!REACHED.includes(state)) return false;
            return "name" in who ? customers.get(customerId)?.name === who.name : who.customerIds.includes(customerId);
          })
          .map(({ customerId }) => customerId)
          .sort((a, b) => a - b)
          .slice(0, 2);
      }),
  };
}

/** A link as the domain sees it. */
export function toLink(
  { deliveryId: _, tokenHash: __, codeHash: ___, seed: ____, ...row }: LinkRow,
  externalKey: string | null,
): Link {
  return { ...row, externalKey };
}
