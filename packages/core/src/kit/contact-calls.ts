import type { ConsentListOptions, ConsentRecord } from "../contact/consent.js";
import {
  consentFilterSchema,
  consentSchema,
  consentsOfPerson,
  listConsents,
  recordConsent,
  recordConsents,
} from "../contact/consents.js";
import {
  addSuppression,
  addSuppressions,
  removeSuppression,
  suppressionFilterSchema,
} from "../contact/suppressions.js";
import { getContactPolicy, setContactPolicy } from "../contact/tenant-policy.js";
import { requiredText } from "../customer/customer-schema.js";
import { ingestOptionsSchema, rowsSchema } from "../customer/outcome.js";
import type { EngineContext } from "../engine/engine-context.js";
import { idSchema } from "../input.js";
import type { ConsentFilter } from "../ports/consent-store.js";
import type { SuppressionFilter } from "../ports/suppression-store.js";
import type { Argument, checkedCalls } from "./checked-call.js";
import type { TenantKit } from "./kit.js";
import { type listingsOf, optionsOf } from "./listings.js";

const consent: Argument = ["", consentSchema];
const rows: Argument = ["rows", rowsSchema];
const ingest = optionsOf(ingestOptionsSchema);

/** Of a tenant's calls those about whether people may be contacted. @param zone of the tenant, for wall times in rows */
export function contactCalls(
  context: EngineContext & { readonly tenantId: number },
  {
    call,
    listing,
    zone,
  }: {
    readonly call: ReturnType<typeof checkedCalls>;
    readonly listing: ReturnType<typeof listingsOf>;
    readonly zone: () => Promise<string>;
  },
): Pick<TenantKit, "contactPolicy" | "consents" | "suppressions"> {
  const { stores, tenantId } = context;
  return {
    contactPolicy: {
      get: call([], () => getContactPolicy(context, tenantId)),
      set: call([], (input) => setContactPolicy(context, tenantId, input)),
    },
    consents: {
      record: call([consent], (input) => recordConsent(context, input)),
      recordMany: call([rows, ingest], async (...given) => recordConsents(context, await zone(), ...given)),
      get: call([["externalKey", requiredText(255)]], (key) => consentsOfPerson(context, key)),
      ...listing<ConsentListOptions, ConsentFilter & { readonly externalKey?: string }, ConsentRecord>(
        consentFilterSchema,
        (how) => listConsents(context, how),
      ),
    },
    suppressions: {
      add: call([], (input) => addSuppression(context, input)),
      addMany: call([rows, ingest], (...given) => addSuppressions(context, ...given)),
      remove: call([["id", idSchema]], (id) => removeSuppression(context, id)),
      ...listing(suppressionFilterSchema, (how: SuppressionFilter) => stores.suppressions.list(tenantId, how)),
    },
  };
}
