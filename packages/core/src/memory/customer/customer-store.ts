import type { Customer } from "../../customer/customer.js";
import { ConflictError } from "../../errors.js";
import type { CustomerStore } from "../../ports/customer-store.js";
import { compareBytes } from "../../text.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";

/** {@link CustomerStore} in memory. */
export function customerStore(db: Database): CustomerStore {
  const { customers, customersByTenant, customersByKey, customersByIdentity, attributes } = db.tables;
  const { attributeValues, attributeValuesByCustomer } = db.tables;

  /** Rows are written first and judged together, so that people may swap identities in one call. */
  function refuseTaken(written: readonly Customer[]): void {
    for (const { tenantId, externalKey, identities } of written) {
      if (customersByKey.count(compositeKey(tenantId, externalKey)) > 1) {
        throw new ConflictError("customer.key-taken", "another customer of the tenant has this import key");
      }
      for (const [type, value] of Object.entries(identities)) {
        if (customersByIdentity.count(compositeKey(tenantId, type, value)) > 1) {
          throw new ConflictError("customer.identity-taken", `another customer of the tenant has this ${type}`);
        }
      }
    }
  }

  return {
    get: (tenantId, customerId) => db.read(() => ofTenant(customers.get(customerId), tenantId)),
    getMany: (tenantId, customerIds) =>
      db.read(() => [...new Set(customerIds)].flatMap((id) => ofTenant(customers.get(id), tenantId) ?? [])),
    findByKeys: (tenantId, externalKeys) =>
      db.read(() =>
        [...new Set(externalKeys)].flatMap((key) => customersByKey.find(compositeKey(tenantId, key)) ?? []),
      ),
    findByName: (tenantId, start, limit, after) =>
      db.read(() =>
        customersByTenant
          .rows(tenantId)
          .flatMap((row) => (row.name?.startsWith(start) ? { name: row.name, row } : []))
          .sort((a, b) => compareBytes(a.name, b.name) || a.row.id - b.row.id)
          .filter(({ name, row }) => {
            const order = after ? compareBytes(name, after.name) : 1;
            return order > 0 || (order === 0 && row.id > (after?.id ?? 0));
          })
          .slice(0, limit)
          .map(({ row }) => row),
      ),
    findOwners: (tenantId, identities) =>
      db.read(() =>
        identities.flatMap(({ type, value }) => {
          const owner = customersByIdentity.find(compositeKey(tenantId, type, value));
          return owner ? { type, value, customerId: owner.id } : [];
        }),
      ),
    attributeDefinitions: (tenantId) =>
      db.read(() => attributes.all().flatMap(({ tenantId: owner, ...one }) => (owner === tenantId ? [one] : []))),
    addAttributes: (tenantId, added) =>
      db.write(() => added.map((one) => attributes.insert((id) => ({ ...one, id, tenantId })).id)),
    attributesOf: (tenantId, customerIds) =>
      db.read(() =>
        customerIds
          .flatMap((id) => attributeValuesByCustomer.rows(id))
          .flatMap(({ id: _, tenantId: owner, ...one }) => (owner === tenantId ? [one] : [])),
      ),
    writeAttributes: (tenantId, values) =>
      db.write(() => {
        for (const { value, ...about } of values) {
          for (const row of attributeValuesByCustomer.rows(about.customerId))
            if (row.tenantId === tenantId && row.attributeId === about.attributeId) attributeValues.remove(row.id);
          if (value !== null) attributeValues.insert((id) => ({ ...about, id, tenantId, value }));
        }
      }),
    insertMany: (added) =>
      db.write(() => {
        const written = added.map((customer) => customers.insert((id) => ownCopy({ ...customer, id })));
        refuseTaken(written);
        return written.map(({ id }) => id);
      }),
    updateMany: (changed) =>
      db.write(() => {
        const written = changed
          .filter(({ tenantId, id }) => ofTenant(customers.get(id), tenantId))
          .map((customer) => customers.replace(ownCopy(customer)));
        refuseTaken(written);
      }),
  };
}

function ownCopy(customer: Customer): Customer {
  return { ...customer, identities: Object.freeze({ ...customer.identities }) };
}
