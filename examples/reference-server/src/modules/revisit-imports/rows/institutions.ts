import { checkInput } from "@recallkit/core/ports";
import * as z from "zod";
import { repeatIfTaken } from "../../../frame/repeat-if-taken.js";
import { INSTITUTION_STATUSES, type Institution, institutionOf, putInstitution } from "../../institutions/service.js";
import { anyText, institutionCode, text } from "./fields.js";
import { hashOfRow, type Placed, type RowFault, type RowWriter } from "./row.js";

const schema = z.strictObject({
  institution_code: institutionCode,
  name: text(255),
  type: anyText(64).nullish(),
  address: anyText(500).nullish(),
  phone: anyText(64).nullish(),
  email: z.union([z.literal(""), z.email().max(254)]).nullish(),
  status: z.enum(INSTITUTION_STATUSES).nullish(),
});

type InstitutionRow = z.output<typeof schema>;

/** Rows of `institutions.json`: each is a tenant; one that is not there yet is made. */
export function institutionWriter(): RowWriter<InstitutionRow> {
  return {
    read: (given) => checkInput(schema, given),
    async write({ stores, kit, now }, rows) {
      let [inserted, updated, unchanged] = [0, 0, 0];
      const { fresh, rejected } = eachOnce(rows, ({ institution_code: code }) => code, "institution_code");
      for (const { value } of fresh) {
        const rowHash = hashOfRow(value);
        const stored = await institutionOf(stores, value.institution_code);
        if (stored?.rowHash === rowHash) {
          unchanged += 1;
          continue;
        }
        const tenantId = stored?.tenantId ?? (await kit.tenants.create({ name: value.name })).id;
        if (stored && stored.name !== value.name) await kit.forTenant(tenantId).update({ name: value.name });
        const institution = institutionIn(value, stored, { tenantId, rowHash });
        await repeatIfTaken(() => putInstitution(stores, institution, now));
        if (stored) updated += 1;
        else inserted += 1;
      }
      return { inserted, updated, unchanged, rejected, dropped: [] };
    },
  };
}

function institutionIn(
  { institution_code: code, name, ...given }: InstitutionRow,
  stored: Institution | undefined,
  ids: { readonly tenantId: number; readonly rowHash: string },
): Institution {
  return {
    ...ids,
    code,
    name,
    type: given.type ?? stored?.type ?? "",
    address: given.address ?? stored?.address ?? "",
    phone: given.phone ?? stored?.phone ?? "",
    email: given.email ?? stored?.email ?? "",
    status: given.status ?? stored?.status ?? "active",
  };
}

/** The first row of each code among rows that are written together; the others are faults. */
export function eachOnce<T>(
  rows: readonly Placed<T>[],
  codeOf: (value: T) => string,
  path: string,
): { readonly fresh: readonly Placed<T>[]; readonly rejected: readonly RowFault[] } {
  const seen = new Set<string>();
  const rejected: RowFault[] = [];
  const fresh = rows.filter(({ index, value }) => {
    const code = codeOf(value);
    if (!seen.has(code)) return seen.add(code);
    rejected.push({ index, path, code: "revisit-import.duplicate-code" });
    return false;
  });
  return { fresh, rejected };
}
