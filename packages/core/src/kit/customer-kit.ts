import * as z from "zod";
import { assignLabels, type LabelContext, unassignLabels } from "../customer/assign-labels.js";
import type { CustomerInput } from "../customer/customer.js";
import { requiredText } from "../customer/customer-schema.js";
import { ingestCustomers } from "../customer/ingest-customers.js";
import { ingestOrders, type OrderContext, orderIngestOptionsSchema } from "../customer/ingest-orders.js";
import { LABEL_KINDS, type Label, type LabelKind } from "../customer/label.js";
import { listLabels } from "../customer/list-labels.js";
import { mergeByKeys, type PeopleMerge } from "../customer/merge-people.js";
import {
  type CustomerIngestOptions,
  type CustomerIngestResult,
  customerIngestOptionsSchema,
  ingestOptionsSchema,
  rowsSchema,
} from "../customer/outcome.js";
import { type Erasure, erasePerson, exportPerson, type PersonContext } from "../customer/person.js";
import { putLabels } from "../customer/put-labels.js";
import { searchTextSchema } from "../input.js";
import { limitSchema, type PageOptions, type PageRequest } from "../page.js";
import type { PersonExport } from "../ports/person-store.js";
import type { Tenant } from "../tenant/tenant.js";
import type { Argument, checkedCalls } from "./checked-call.js";
import type { TenantKit } from "./kit.js";
import { type listingsOf, optionsOf } from "./listings.js";

/** Calls about customers of a merchant. */
export interface CustomerKit {
  /**
   * Adds or updates customers; given fields win, absent ones stay. An optional value that is wrong, or an identity that
   * belongs to another customer, is left out and told of under `dropped`, see `strict` and `onIdentityMove`.
   */
  upsert(
    rows: Iterable<CustomerInput> | AsyncIterable<CustomerInput>,
    options?: CustomerIngestOptions,
  ): Promise<CustomerIngestResult>;
  /** Everything kept about one person, for their own eyes. @throws {NotFoundError} `customer.not-found` */
  export(externalKey: string): Promise<PersonExport>;
  /**
   * Takes away what names a person. Orders and deliveries stay in the figures without a name; no push reaches the
   * person any more, not even one under way. Their suppressions are kept under keyed hashes, and hold for whoever is
   * imported under the same key or identity again.
   *
   * @throws {NotFoundError} `customer.not-found`
   */
  erase(externalKey: string): Promise<Erasure>;
  /**
   * Makes one customer of two who are one person. Orders, deliveries, credits, charges of the caps, suppressions, labels and
   * identities of the second become the first one's; what both know stays as the first one has it. The second one's key leads
   * to the first from now on, in every call and import. It cannot be undone.
   *
   * @throws {NotFoundError} `customer.not-found`
   */
  merge(intoKey: string, fromKey: string): Promise<PeopleMerge>;
}

const rows: Argument = ["rows", rowsSchema];
const ingestOptions = optionsOf(ingestOptionsSchema);
const labelKind: Argument = ["kind", z.enum(LABEL_KINDS)];
/** A page of a list by key: the cursor is the last key seen. */
const labelPageSchema = z.strictObject({ cursor: searchTextSchema.optional(), limit: limitSchema.optional() });
const externalKey: Argument = ["externalKey", requiredText(255)];
const mergedKeys: readonly [Argument, Argument] = [
  ["intoKey", requiredText(255)],
  ["fromKey", requiredText(255)],
];

/** {@link CustomerKit} over the stores of a tenant. */
export function customerKit(context: PersonContext, call: ReturnType<typeof checkedCalls>): CustomerKit {
  return {
    upsert: call([rows, optionsOf(customerIngestOptionsSchema)], (...given) => ingestCustomers(context, ...given)),
    export: call([externalKey], (key) => exportPerson(context, key)),
    erase: call([externalKey], (key) => erasePerson(context, key)),
    merge: call(mergedKeys, (...given) => mergeByKeys(context, ...given)),
  };
}

/** Calls about orders of a merchant. @param tenant whose zone and currency rows without them have */
export function orderKit(
  context: Omit<OrderContext, "timeZone" | "currency">,
  call: ReturnType<typeof checkedCalls>,
  tenant: () => Promise<Tenant>,
): TenantKit["orders"] {
  return {
    ingest: call([rows, optionsOf(orderIngestOptionsSchema)], async (...given) => {
      const { timeZone, currency } = await tenant();
      return ingestOrders({ ...context, timeZone, currency }, ...given);
    }),
  };
}

/** Calls about labels of a merchant. */
export function labelKit(
  context: LabelContext,
  call: ReturnType<typeof checkedCalls>,
  listing: ReturnType<typeof listingsOf>,
): TenantKit["labels"] {
  const { stores, tenantId } = context;
  const kindOf = call([labelKind], async (kind: LabelKind) => kind);
  const labels = (kind: LabelKind) =>
    listing<PageOptions, PageRequest, Label>(labelPageSchema, (page) => listLabels(stores, tenantId, kind, page));
  return {
    assign: call([rows, ingestOptions], (...given) => assignLabels(context, ...given)),
    unassign: call([rows, ingestOptions], (...given) => unassignLabels(context, ...given)),
    put: call([rows, ingestOptions], (...given) => putLabels(context, ...given)),
    list: call([labelKind, optionsOf(labelPageSchema)], (kind, page) => listLabels(stores, tenantId, kind, page)),
    all: async function* (kind, how) {
      yield* labels(await kindOf(kind)).all(how);
    },
  };
}
