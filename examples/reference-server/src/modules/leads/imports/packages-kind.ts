import { InputError } from "@recallkit/core";
import * as z from "zod";
import type { RowKind } from "../../../frame/row-import.js";
import { merchantNamed } from "../merchant.js";
import { createPackageBody } from "../packages/schema.js";
import { createPackage, editPackage } from "../packages/service.js";
import { packageShape } from "../packages/shape.js";
import { leadTables } from "../tables.js";
import { columnsField, numberIn, parsedMapping, readRow } from "./mapping.js";

const FIELDS = [
  { name: "name", words: ["package", "package name", "数据包名称", "数据包", "名称"] },
  { name: "source", words: ["数据来源", "来源"] },
  { name: "industry", words: ["所属行业", "行业"] },
  { name: "region", words: ["所属地区", "地区"] },
  { name: "total_leads", words: ["leads", "线索总数", "总数"] },
  { name: "valid_leads", words: ["有效线索数", "有效数"] },
  { name: "cost_per_lead", words: ["单条线索成本", "单价"] },
  { name: "total_cost", words: ["cost", "总成本", "成本"] },
];
const mappingSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal("lead_packages"),
  columns: columnsField(FIELDS),
});

type PackageRow = z.output<typeof createPackageBody>;

/** Files of lead packages; a package is known by its name. */
export const packagesKind: RowKind<PackageRow> = {
  kind: "lead_packages",
  fields: FIELDS,
  parse: (told) => parsedMapping(mappingSchema, told),
  missing: ({ columns }) => ("name" in columns ? [] : ["name"]),
  async begin(context, tenantId) {
    const merchant = await merchantNamed(context, tenantId);
    const { stores, currency } = merchant;
    return {
      read: ({ total_leads, valid_leads, cost_per_lead, total_cost, ...cells }) =>
        readRow(createPackageBody, {
          ...cells,
          total_leads: numberIn(total_leads),
          valid_leads: numberIn(valid_leads),
          cost_per_lead: numberIn(cost_per_lead),
          total_cost: numberIn(total_cost),
        }),
      async write(rows) {
        const counts = {
          inserted: 0,
          updated: 0,
          unchanged: 0,
          rejected: [] as { index: number; path: string; code: string; message: string }[],
        };
        for (const [index, row] of rows.entries()) {
          try {
            const known = await leadTables(stores)
              .selectFrom("rk_lead_packages")
              .selectAll()
              .where("tenant_id", "=", tenantId)
              .where("name", "=", row.name)
              .where("deleted_at", "is", null)
              .orderBy("id")
              .executeTakeFirst();
            if (!known) {
              await createPackage(merchant, row);
              counts.inserted += 1;
              continue;
            }
            const after = await editPackage(merchant, known.id, {
              ...row,
              valid_leads: row.valid_leads ?? row.total_leads,
            });
            const told = (one: typeof known) => JSON.stringify({ ...packageShape(one, currency), updated_at: 0 });
            if (told(known) === told(after)) counts.unchanged += 1;
            else counts.updated += 1;
          } catch (error) {
            if (!InputError.is(error)) throw error;
            const [issue] = error.issues;
            counts.rejected.push({ path: "", code: error.code, message: "", ...issue, index });
          }
        }
        return counts;
      },
    };
  },
};
