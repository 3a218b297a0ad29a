import * as z from "zod";
import type { RowKind } from "../../../frame/row-import.js";
import { merchantNamed } from "../merchant.js";
import { getPackage } from "../packages/store.js";
import { loadLeads, type NewLead } from "../queue/load-leads.js";
import { newLead } from "../queue/schema.js";
import { columnsField, needed, parsedMapping, readRow } from "./mapping.js";

const FIELDS = [
  {
    name: "phone_number",
    words: ["phone", "mobile", "tel", "telephone", "手机号", "手机", "电话", "电话号码", "联系电话", "手机号码"],
  },
  { name: "name", words: ["customer name", "contact", "姓名", "客户姓名", "联系人"] },
  { name: "company", words: ["公司", "公司名称", "单位"] },
  { name: "region", words: ["city", "地区", "城市", "省份"] },
  { name: "time_zone", words: ["timezone", "时区"] },
  { name: "consent", words: ["同意"] },
];
const mappingSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal("leads"),
  columns: columnsField(FIELDS),
  package_id: z.int().min(1).optional(),
});

/** Files of leads; they go into the package that the mapping names by `package_id`. */
export const leadsKind: RowKind<NewLead> = {
  kind: "leads",
  fields: FIELDS,
  parse: (told) => parsedMapping(mappingSchema, told),
  missing: (mapping) => [
    ...("phone_number" in mapping.columns ? [] : ["phone_number"]),
    ...("package_id" in mapping ? [] : ["package_id"]),
  ],
  async begin(context, tenantId, mapping) {
    const merchant = await merchantNamed(context, tenantId);
    const packageId = needed(parsedMapping(mappingSchema, mapping).package_id, "package_id");
    await getPackage(merchant.stores, tenantId, packageId);
    return {
      read(cells) {
        const read = readRow(newLead, cells);
        if (!("value" in read)) return read;
        const { phone_number: phone, time_zone: timeZone, ...lead } = read.value;
        return { value: { phone, timeZone, ...lead } };
      },
      async write(rows) {
        await getPackage(merchant.stores, tenantId, packageId, { hold: true });
        const { inserted, unchanged } = await loadLeads(merchant, packageId, rows);
        return { inserted, updated: 0, unchanged };
      },
    };
  },
};
