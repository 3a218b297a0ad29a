import { BOOTSTRAP_TENANT_ID } from "../../tenant/tenant.js";
import { addCustomer, addTenant, DIFFICULT_TEXT } from "../builders.js";
import { type ConformanceCase, casesOf, type StoresHarness } from "../conformance-case.js";
import { ascending, expectSame, expectThat, present } from "../expect.js";

const UNKNOWN_ID = 2 ** 52;

/** Facts about `TenantStore`: tenants, revisions and the change feed. */
export function tenantStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf(
    "tenants",
    harness,
    {
      "the schema brings the bootstrap tenant": async ({ stores }) => {
        const tenant = present(await stores.tenants.get(BOOTSTRAP_TENANT_ID), "the bootstrap tenant");
        expectSame(tenant.id, BOOTSTRAP_TENANT_ID, "its id");
      },

      "an unknown tenant is undefined": async ({ stores }) => {
        expectSame(await stores.tenants.get(UNKNOWN_ID), undefined, "tenant");
      },

      "a new tenant has no history": async ({ stores, tenantId }) => {
        const tenant = present(await stores.tenants.get(tenantId), "the tenant");
        expectSame([tenant.revision, tenant.maxOrderAt], [0, null], "revision and latest order");
        expectSame(tenant.countedStatuses, null, "statuses that count, of a tenant that says nothing");
        expectSame(await stores.tenants.changesSince(tenantId, 0, 10), [], "change feed");
      },

      "every field comes back": async ({ stores }) => {
        const row = {
          name: DIFFICULT_TEXT,
          timeZone: "America/New_York",
          currency: "USD",
          countedStatuses: ["paid", DIFFICULT_TEXT],
          createdAt: 1_700_000_000_123,
        };
        const tenant = await stores.tenants.insert(row);
        expectSame(tenant, { ...row, id: tenant.id, revision: 0, maxOrderAt: null }, "inserted tenant");
        expectSame(await stores.tenants.get(tenant.id), tenant, "stored tenant");
      },

      "tenants are listed by ascending id": async ({ stores, tenantId }) => {
        const second = await addTenant(stores);
        const ids = (await stores.tenants.list()).map(({ id }) => id);
        expectSame(ids, [...ascending(ids)], "order of ids");
        expectSame(
          ids.filter((id) => id === tenantId || id === second),
          [tenantId, second],
          "the two tenants",
        );
      },

      "an update changes the fields of its patch only": async ({ stores, tenantId }) => {
        const before = present(await stores.tenants.get(tenantId), "the tenant");
        await stores.tenants.update(tenantId, { name: "𠮷" });
        expectSame(await stores.tenants.get(tenantId), { ...before, name: "𠮷" }, "after the name");
        await stores.tenants.update(tenantId, { timeZone: "UTC", currency: "EUR" });
        const after = { ...before, name: "𠮷", timeZone: "UTC", currency: "EUR" };
        expectSame(await stores.tenants.get(tenantId), after, "after zone and currency");
        await stores.tenants.update(tenantId, { countedStatuses: ["已付款"] });
        expectSame((await stores.tenants.get(tenantId))?.countedStatuses, ["已付款"], "statuses that count");
        await stores.tenants.update(tenantId, { countedStatuses: null });
        expectSame(await stores.tenants.get(tenantId), after, "after statuses of its own were taken back");
      },

      "an update leaves other tenants alone": async ({ stores, tenantId }) => {
        const other = await addTenant(stores);
        const before = await stores.tenants.get(tenantId);
        await stores.tenants.update(other, { name: "renamed" });
        expectSame(await stores.tenants.get(tenantId), before, "first tenant");
      },

      "each record of changes raises the revision by one": async ({ stores, tenantId }) => {
        const first = await stores.tenants.recordChanges(
          tenantId,
          [
            { kind: "order", id: 7 },
            { kind: "order", id: 8 },
          ],
          { at: 1 },
        );
        const second = await stores.tenants.recordChanges(tenantId, [], { at: 2 });
        expectSame([first, second], [1, 2], "revisions");
        expectSame((await stores.tenants.get(tenantId))?.revision, 2, "stored revision");
      },

      "50 transactions at once get 50 revisions without a gap": async ({ stores, tenantId }) => {
        const one = (caller: number) =>
          stores.transaction(async (tx) => {
            const id = await addCustomer(tx, tenantId, `c${caller}`);
            return tx.tenants.recordChanges(tenantId, [{ kind: "customer", id }], { at: caller });
          });
        const revisions = await Promise.all(Array.from({ length: 50 }, (_, caller) => one(caller)));
        const expected = Array.from({ length: 50 }, (_, index) => index + 1);
        expectSame([...ascending(revisions)], expected, "revisions");
        const changes = await stores.tenants.changesSince(tenantId, 0, 100);
        expectSame(
          changes.map(({ revision }) => revision),
          expected,
          "revisions in the feed",
        );
        expectSame(new Set(changes.map(({ id }) => id)).size, 50, "customers in the feed");
      },

      "the latest order instant only rises": async ({ stores, tenantId }) => {
        const instants: (number | null | undefined)[] = [];
        for (const maxOrderAt of [undefined, 0, 500, 400, undefined]) {
          await stores.tenants.recordChanges(tenantId, [], {
            at: 1,
            ...(maxOrderAt === undefined ? {} : { maxOrderAt }),
          });
          instants.push((await stores.tenants.get(tenantId))?.maxOrderAt);
        }
        expectSame(instants, [null, 0, 500, 500, 500], "latest order after each call");
      },

      "the feed runs by revision, kind and id": async ({ stores, tenantId }) => {
        const { tenants } = stores;
        await tenants.recordChanges(
          tenantId,
          [
            { kind: "order", id: 10 },
            { kind: "label", id: 3 },
            { kind: "order", id: 9 },
            { kind: "customer", id: 4 },
          ],
          { at: 1 },
        );
        await tenants.recordChanges(tenantId, [{ kind: "customer", id: 4 }], { at: 2 });
        const feed = [
          { revision: 1, kind: "customer", id: 4 },
          { revision: 1, kind: "label", id: 3 },
          { revision: 1, kind: "order", id: 9 },
          { revision: 1, kind: "order", id: 10 },
          { revision: 2, kind: "customer", id: 4 },
        ] as const;
        expectSame(await tenants.changesSince(tenantId, 0, 10), [...feed], "whole feed");
        expectSame(await tenants.changesSince(tenantId, 1, 10), [feed[4]], "feed above revision 1");
        expectSame(
          await tenants.changesSince(tenantId, 0, 2),
          feed.slice(0, 4),
          "the whole revision of the second change",
        );
        expectSame(await tenants.changesSince(tenantId, 2, 10), [], "feed above the newest revision");
      },

      "change feeds of tenants are apart": async ({ stores, tenantId }) => {
        const other = await addTenant(stores);
        await stores.tenants.recordChanges(tenantId, [{ kind: "customer", id: 1 }], { at: 1, maxOrderAt: 9 });
        expectSame(await stores.tenants.changesSince(other, 0, 10), [], "feed of the other tenant");
        const tenant = await stores.tenants.get(other);
        expectSame([tenant?.revision, tenant?.maxOrderAt], [0, null], "the other tenant");
      },
    },
    {
      "tenants and changes survive a restart": async ({ stores, tenantId, reopen }) => {
        await stores.tenants.recordChanges(tenantId, [{ kind: "label", id: 5 }], { at: 1, maxOrderAt: 77 });
        const before = await stores.tenants.get(tenantId);
        const { tenants } = await reopen();
        expectSame(await tenants.get(tenantId), before, "tenant");
        expectSame(await tenants.changesSince(tenantId, 0, 10), [{ revision: 1, kind: "label", id: 5 }], "feed");
        const next = await tenants.insert({ name: "later", timeZone: "UTC", currency: "CNY", createdAt: 0 });
        expectThat(next.id > tenantId, "ids go on after the restart");
      },
    },
  );
}
