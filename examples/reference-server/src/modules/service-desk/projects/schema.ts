import { minorToMajor } from "@recallkit/core/ports";
import { instantField, numberedPage, numberedPageFields } from "@recallkit/http";
import * as z from "zod";
import { PROJECT_STAGES, type Project } from "../desk.js";
import { dayField, idField, lineField, moneyField, refField, textField, versionField } from "../fields.js";
import type { Row } from "../tables.js";
import { stageOf } from "./store.js";

const stage = z
  .enum(PROJECT_STAGES)
  .describe("售前、售中、售后、丢单、结束 / before, during, after the sale, lost, closed");

export const projectSchema = z.strictObject({
  id: z.int(),
  customer_id: z.int(),
  name: z.string(),
  stage,
  stage_at: instantField,
  owner_id: z.int().nullable().describe("负责人（客服人员编号） / the owner among the desk's staff"),
  value: z.number(),
  currency: z.string(),
  expected_on: z.string().nullable().describe("预计成交日 / day on which a decision is expected"),
  source: z.string(),
  note: z.string(),
  version: z.int(),
  created_at: instantField,
  updated_at: instantField,
});
export const projectsPage = numberedPage(projectSchema);

export const projectsQuery = z.strictObject({
  ...numberedPageFields,
  stage: z.enum(PROJECT_STAGES).optional(),
  owner_id: idField.optional(),
  customer_id: idField.optional(),
  source: z.string().max(255).optional(),
  search: z.string().max(255).optional().describe("名称的一部分 / part of the name"),
});

const fields = {
  name: lineField(1),
  owner_id: refField.nullable(),
  value: moneyField,
  expected_on: dayField.nullable(),
  source: lineField(0),
  note: textField(20_000),
};

export const createProjectBody = z.strictObject({
  customer_id: refField,
  ...z.strictObject(fields).partial().shape,
  name: fields.name,
});

export const editProjectBody = z.strictObject({ version: versionField, ...z.strictObject(fields).partial().shape });

export const moveProjectBody = z.strictObject({
  stage,
  note: textField(2000).optional(),
  version: versionField.optional(),
});

export const projectHistorySchema = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.int(),
      kind: z.enum(["created", "stage", "edited"]),
      from_stage: z.enum(PROJECT_STAGES).nullable(),
      to_stage: stage,
      owner_id: z.int().nullable(),
      value: z.number(),
      source: z.string(),
      actor: z.string(),
      note: z.string(),
      at: instantField,
    }),
  ),
});

/** A project in the form of answers. */
export function projectShape(project: Project, currency: string): z.input<typeof projectSchema> {
  return {
    id: project.id,
    customer_id: project.customerId,
    name: project.name,
    stage: project.stage,
    stage_at: project.stageAt,
    owner_id: project.ownerId,
    value: minorToMajor(project.valueMinor, currency),
    currency,
    expected_on: project.expectedOn,
    source: project.source,
    note: project.note,
    version: project.version,
    created_at: project.createdAt,
    updated_at: project.updatedAt,
  };
}

/** A line of a project's history in the form of answers. */
export function historyShape(
  row: Row<"rk_project_history">,
  currency: string,
): z.input<typeof projectHistorySchema>["items"][number] {
  return {
    id: row.id,
    kind: row.kind === "created" || row.kind === "stage" ? row.kind : "edited",
    from_stage: row.from_stage === null ? null : stageOf(row.from_stage),
    to_stage: stageOf(row.to_stage),
    owner_id: row.owner_id,
    value: minorToMajor(row.value_minor, currency),
    source: row.source,
    actor: row.actor,
    note: row.note,
    at: row.at,
  };
}

/** A project as the documentation shows it. */
export const projectExample = {
  id: 1,
  customer_id: 7,
  name: "门店收银系统",
  stage: "pre_sales" as const,
  stage_at: 1_767_225_600_000,
  owner_id: 1,
  value: 12_800,
  currency: "CNY",
  expected_on: "2026-02-15",
  source: "公众号",
  note: "",
  version: 1,
  created_at: 1_767_225_600_000,
  updated_at: 1_767_225_600_000,
};

/** A line of its history. */
export const projectHistoryExample = {
  id: 1,
  kind: "created" as const,
  from_stage: null,
  to_stage: "pre_sales" as const,
  owner_id: 1,
  value: 12_800,
  source: "公众号",
  actor: "staff:1",
  note: "",
  at: 1_767_225_600_000,
};
