import { instantField, numberedPage, numberedPageFields, says } from "@recallkit/http";
import * as z from "zod";
import { countField, dayField, lineField, moneyField, rateField } from "../fields.js";

const rate = z.number().nullable();

/** What a client may say of a package. */
const packageFields = {
  name: lineField(1),
  source: lineField(0),
  industry: lineField(0),
  region: lineField(0),
  total_leads: countField,
  valid_leads: countField.describe("不超过 total_leads / at most total_leads"),
  cost_per_lead: moneyField.describe("商户币种 / in the tenant's currency"),
  total_cost: moneyField.nullable().describe("默认 total_leads × cost_per_lead / default: total_leads × cost_per_lead"),
};

/** What only the server knows; sent back with an edit it is passed over. */
const known = z.unknown().optional().meta({ readOnly: true });
const readOnlyFields = {
  id: known,
  currency: known,
  contact_rate: known,
  interest_rate: known,
  total_calls: known,
  connected_calls: known,
  interested_calls: known,
  total_duration: known,
  cost_per_contact: known,
  cost_per_interest: known,
  created_at: known,
  updated_at: known,
};

const isPart = ({
  total_leads: total,
  valid_leads: valid,
}: {
  total_leads?: number | undefined;
  valid_leads?: number | undefined;
}) => total === undefined || valid === undefined || valid <= total;
const partFault = { path: ["valid_leads"], ...says("不能大于 total_leads", "must not be more than total_leads") };

export const createPackageBody = z
  .strictObject({
    name: packageFields.name,
    source: packageFields.source.default(""),
    industry: packageFields.industry.default(""),
    region: packageFields.region.default(""),
    total_leads: packageFields.total_leads.default(0),
    valid_leads: packageFields.valid_leads.optional().describe("默认 total_leads / default: total_leads"),
    cost_per_lead: packageFields.cost_per_lead.default(0),
    total_cost: packageFields.total_cost.optional(),
  })
  .refine(isPart, partFault);

export const editPackageBody = z
  .strictObject({ ...z.strictObject(packageFields).partial().shape, ...readOnlyFields })
  .refine(isPart, partFault);

export const packageSchema = z.strictObject({
  id: z.int(),
  name: z.string(),
  source: z.string(),
  industry: z.string(),
  region: z.string(),
  total_leads: z.int(),
  valid_leads: z.int(),
  contact_rate: rate.describe("接通 ÷ 通话，无通话为 null / connected ÷ calls, null without calls"),
  interest_rate: rate.describe("意向 ÷ 接通 / interested ÷ connected"),
  cost_per_lead: z.number(),
  total_cost: z.number(),
  currency: z.string(),
  total_calls: z.int(),
  connected_calls: z.int(),
  interested_calls: z.int(),
  total_duration: z.int().describe("秒 / seconds"),
  cost_per_contact: rate.describe("总成本 ÷ 接通 / cost per connected call"),
  cost_per_interest: rate.describe("总成本 ÷ 意向 / cost per interested call"),
  created_at: instantField,
  updated_at: instantField,
});
export const packagesPage = numberedPage(packageSchema);

/** What a list of packages can be sorted by. */
const PACKAGE_ORDERS = [
  "created_at",
  "name",
  "total_leads",
  "valid_leads",
  "total_cost",
  "total_calls",
  "contact_rate",
  "interest_rate",
] as const;

const sorts = PACKAGE_ORDERS.flatMap((order) => [order, `-${order}` as const]);

/** Filters of lists and of exports. */
const packageFilter = {
  source: z.string().max(255).optional(),
  industry: z.string().max(255).optional(),
  region: z.string().max(255).optional(),
  search: z.string().max(255).optional().describe("名称的一部分 / part of the name"),
  created_from: dayField.optional().describe("创建日，含当日 / day of creation, inclusive"),
  created_to: dayField.optional(),
  min_contact_rate: rateField.optional(),
  max_contact_rate: rateField.optional(),
  min_interest_rate: rateField.optional(),
  max_interest_rate: rateField.optional(),
  sort: z.enum(sorts).optional().describe("默认 -created_at；无通话的排在最后 / default -created_at"),
};
export const packagesQuery = z.strictObject({ ...numberedPageFields, ...packageFilter });
export const packagesExportQuery = z.strictObject(packageFilter);

/** A package as the documentation shows it. */
export const packageExample = {
  id: 1,
  name: "测试数据包",
  source: "线上渠道",
  industry: "科技",
  region: "江苏",
  total_leads: 1000,
  valid_leads: 900,
  contact_rate: 0.6,
  interest_rate: 0.25,
  cost_per_lead: 2.5,
  total_cost: 2500,
  currency: "CNY",
  total_calls: 200,
  connected_calls: 120,
  interested_calls: 30,
  total_duration: 9600,
  cost_per_contact: 20.83,
  cost_per_interest: 83.33,
  created_at: 1_767_225_600_000,
  updated_at: 1_767_225_600_000,
};
