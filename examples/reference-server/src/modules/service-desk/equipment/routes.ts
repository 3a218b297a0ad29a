import { idParams, instantField, numberedPage, numberedPageFields } from "@recallkit/http";
import * as z from "zod";
import { serverRoute } from "../../../frame/server-module.js";
import { deskFor, settled } from "../answers.js";
import { dayField, idField, lineField, refField, versionField } from "../fields.js";
import { refused } from "../refusals.js";
import { addEquipment, type EquipmentRow, editEquipment, findEquipment, listEquipment } from "./equipment.js";

const facts = { tags: ["设备 / Equipment"] } as const;
const UNKNOWN = { 404: { description: "设备不存在 / no such equipment" } };
const TAKEN = { 409: { description: "序列号已登记，或已被他人修改 / serial taken, or changed meanwhile" } };

const equipmentSchema = z.strictObject({
  id: z.int(),
  customer_id: z.int(),
  project_id: z.int().nullable(),
  serial: z.string(),
  model: z.string(),
  warranty_until: z.string().nullable().describe("保修截止日，含当日 / last day of the warranty"),
  version: z.int(),
  created_at: instantField,
  updated_at: instantField,
});

const fields = {
  serial: lineField(1),
  model: lineField(0),
  project_id: refField.nullable().optional(),
  warranty_until: dayField.nullable().optional(),
};
const createBody = z.strictObject({ customer_id: refField, ...fields });
const editBody = z.strictObject({ version: versionField, ...z.strictObject(fields).partial().shape });

const example = {
  id: 1,
  customer_id: 7,
  project_id: 1,
  serial: "SN-2026-0001",
  model: "POS-9",
  warranty_until: "2028-01-01",
  version: 1,
  created_at: 1_767_225_600_000,
  updated_at: 1_767_225_600_000,
};

function shape({ tenant_id: _, ...row }: EquipmentRow): z.input<typeof equipmentSchema> {
  return row;
}

/** `/api/equipment`. */
export const equipmentRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/equipment",
    auth: "desk:read",
    summary: "设备列表 / List equipment",
    request: {
      query: z.strictObject({
        ...numberedPageFields,
        customer_id: idField.optional(),
        project_id: idField.optional(),
        serial: z.string().max(255).optional(),
      }),
    },
    response: numberedPage(equipmentSchema),
    example: { response: { items: [example], total: 1, page: 1, page_size: 50 } },
    async handler({ query, ...call }) {
      const { desk, access } = await deskFor(call);
      const { rows, ...page } = await listEquipment(desk, access, query);
      return { items: rows.map(shape), ...page };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/equipment",
    auth: "desk:work",
    status: 201,
    summary: "登记设备 / Register equipment",
    request: { body: createBody },
    response: equipmentSchema,
    errors: { 404: { description: "客户或项目不存在 / no such customer or project" }, ...TAKEN },
    example: { request: { customer_id: 7, serial: "SN-2026-0001", model: "POS-9" }, response: example },
    async handler({ body, ...call }) {
      const { desk, access } = await deskFor(call);
      const { customer_id: customerId, project_id: projectId, warranty_until: warrantyUntil, serial, model } = body;
      return shape(settled(await addEquipment(desk, access, { customerId, projectId, serial, model, warrantyUntil })));
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/equipment/:id",
    auth: "desk:read",
    summary: "设备详情 / Read equipment",
    request: { params: idParams },
    response: equipmentSchema,
    errors: UNKNOWN,
    example: { response: example },
    async handler({ params, ...call }) {
      const { desk, access } = await deskFor(call);
      const row = await findEquipment(desk, access, params.id);
      return row ? shape(row) : settled(refused("equipment.not-found"));
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/equipment/:id",
    auth: "desk:work",
    summary: "更新设备 / Change equipment",
    request: { params: idParams, body: editBody },
    response: equipmentSchema,
    errors: { ...UNKNOWN, ...TAKEN },
    example: { request: { version: 1, warranty_until: "2029-01-01" }, response: { ...example, version: 2 } },
    async handler({ params, body, ...call }) {
      const { desk, access } = await deskFor(call);
      const { project_id: projectId, warranty_until: warrantyUntil, ...rest } = body;
      return shape(settled(await editEquipment(desk, access, params.id, { ...rest, projectId, warrantyUntil })));
    },
  }),
];
