import type { AudienceRow } from "../audience/audience-query.js";
import type { Stores } from "../ports/stores.js";

/** Rows that changed since a revision, as they are at another one. */
interface Changes {
  readonly revision: number;
  /** By id; undefined: there is no such person any more. */
  readonly rows: ReadonlyMap<number, AudienceRow | undefined>;
}

const PAGE = 1_000;
const AT_ONCE = 500;
/** Reads until nothing changed meanwhile. */
const MOST_ROUNDS = 10;
/** Fewer people than this are always read by the feed. */
const LEAST_PEOPLE = 10_000;

/**
 * Reads the feed from a revision on, and the rows that it names. What is given back is what the stores had at its revision: it
 * is read again until no revision came in between.
 *
 * @returns `outdated`: the feed no longer reaches back, or names so many that everything is read as fast; `unsettled`: others
 *   wrote all the time
 */
export async function readChanges(
  { tenants, audience }: Pick<Stores, "tenants" | "audience">,
  from: { readonly tenantId: number; readonly revision: number; readonly mostPeople: number },
  signal: AbortSignal | undefined,
): Promise<Changes | "outdated" | "unsettled"> {
  const { tenantId } = from;
  const rows = new Map<number, AudienceRow | undefined>();
  let revision = from.revision;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const target = (await tenants.get(tenantId))?.revision ?? 0;
    if (target === revision) return { revision, rows };
    if (target < revision) return "outdated";
    while (revision < target) {
      signal?.throwIfAborted();
      const changes = await tenants.changesSince(tenantId, revision, PAGE);
      const [first] = changes;
      // Each revision has its changes: where the next one is missing, it was removed before it was read.
      if (!first || first.revision !== revision + 1) return "outdated";
      const idsOf = (kind: "customer" | "order") => [
        ...new Set(changes.flatMap((one) => (one.kind === kind ? [one.id] : []))),
      ];
      const [customerIds, orderIds] = [idsOf("customer"), idsOf("order")];
      for (const id of customerIds) rows.set(id, undefined);
      for (let at = 0; at < Math.max(customerIds.length, orderIds.length); at += AT_ONCE) {
        const named = {
          customerIds: customerIds.slice(at, at + AT_ONCE),
          orderIds: orderIds.slice(at, at + AT_ONCE),
        };
        for (const row of await audience.rows(tenantId, named)) rows.set(row.customerId, row);
      }
      if (rows.size > Math.max(LEAST_PEOPLE, from.mostPeople)) return "outdated";
      revision = changes.at(-1)?.revision ?? target;
    }
  }
  return "unsettled";
}
