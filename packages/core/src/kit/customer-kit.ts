import type { CustomerInput } from "../customer/customer.js";
import { requiredText } from "../customer/customer-schema.js";
import { ingestCustomers } from "../customer/ingest-customers.js";
import { mergeByKeys, type PeopleMerge } from "../customer/merge-people.js";
import {
  type CustomerIngestOptions,
  type CustomerIngestResult,
  customerIngestOptionsSchema,
  rowsSchema,
} from "../customer/outcome.js";
import { type Erasure, erasePerson, exportPerson, type PersonContext } from "../customer/person.js";
import type { PersonExport } from "../ports/person-store.js";
import type { Argument, checkedCalls } from "./checked-call.js";
import { optionsOf } from "./listings.js";

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

const externalKey: Argument = ["externalKey", requiredText(255)];
const mergedKeys: readonly [Argument, Argument] = [
  ["intoKey", requiredText(255)],
  ["fromKey", requiredText(255)],
];

/** {@link CustomerKit} over the stores of a tenant. */
export function customerKit(context: PersonContext, call: ReturnType<typeof checkedCalls>): CustomerKit {
  return {
    upsert: call([["rows", rowsSchema], optionsOf(customerIngestOptionsSchema)], (...given) =>
      ingestCustomers(context, ...given),
    ),
    export: call([externalKey], (key) => exportPerson(context, key)),
    erase: call([externalKey], (key) => erasePerson(context, key)),
    merge: call(mergedKeys, (...given) => mergeByKeys(context, ...given)),
  };
}
