import { idParams, instantField, numberedPage, numberedPageFields } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../../frame/context.js";
import { serverRoute } from "../../../frame/server-module.js";
import { deskFor, settled } from "../answers.js";
import { type DeskStaff, PRESENCES, STAFF_ROLES, type WorkingHours } from "../desk.js";
import { lineField, refField, versionField } from "../fields.js";
import { resetMarketingHolds } from "../marketing-hold.js";
import { refused } from "../refusals.js";
import { DEFAULT_SETTINGS, hoursField, putSettings, settingsSchema } from "../settings.js";
import { deskTables } from "../tables.js";
import { bindCustomer, staffOfCustomer, unbindCustomer } from "./bindings.js";
import { addStaff, editStaff } from "./edit.js";
import { getStaff, listStaff } from "./store.js";

const facts = { tags: ["客服人员 / Desk staff"] } as const;
const UNKNOWN = { 404: { description: "没有这位员工 / no such employee" } };
const TAKEN = { 409: { description: "账号已被占用，或已被他人修改 / taken, or changed meanwhile" } };

const fields = {
  name: lineField(1),
  user_id: refField.nullable().optional().describe("登录账号 / login of the server"),
  wecom_user_id: lineField(1).nullable().optional().describe("企业微信成员 / member of the corp"),
  role: z.enum(STAFF_ROLES).describe("员工、管理员、客户账号 / employee, admin, or the login of a customer"),
  customer_id: refField.nullable().optional().describe("客户账号是哪位客户 / who it is, of role customer"),
  skills: z.array(lineField(1, 64)).max(50),
  capacity: z.int().min(0).max(1000).describe("同时处理的工单上限 / most open tickets at once"),
  presence: z.enum(PRESENCES),
  hours: hoursField.nullable().optional().describe("工作时间，省略为商户的 / the tenant's by default"),
};
const createBody = z.strictObject({
  ...fields,
  skills: fields.skills.default([]),
  capacity: fields.capacity.default(5),
  presence: fields.presence.default("offline"),
});
const editBody = z.strictObject({
  version: versionField,
  ...z.strictObject(fields).partial().shape,
  has_left: z.boolean().optional().describe("离职：工单回到队列 / their tickets go back to the queue"),
});

const staffSchema = z.strictObject({
  id: z.int(),
  name: z.string(),
  user_id: z.int().nullable(),
  wecom_user_id: z.string().nullable(),
  role: z.enum(STAFF_ROLES),
  customer_id: z.int().nullable(),
  skills: z.array(z.string()),
  capacity: z.int(),
  load: z.int().describe("手里的工单 / open tickets that they have"),
  presence: z.enum(PRESENCES),
  hours: hoursField.nullable(),
  left_at: instantField.nullable(),
  version: z.int(),
});
const bindingsSchema = z.strictObject({
  items: z.array(z.strictObject({ staff_id: z.int(), name: z.string() })),
});
const bindingBody = z.strictObject({ staff_id: refField });

function shape(staff: DeskStaff): z.input<typeof staffSchema> {
  return {
    id: staff.id,
    name: staff.name,
    user_id: staff.userId,
    wecom_user_id: staff.wecomUserId,
    role: staff.role,
    customer_id: staff.customerId,
    skills: [...staff.skills],
    capacity: staff.capacity,
    load: staff.load,
    presence: staff.presence,
    hours: staff.hours as z.input<typeof staffSchema>["hours"],
    left_at: staff.leftAt,
    version: staff.version,
  };
}

const example = {
  id: 1,
  name: "李雷",
  user_id: 2,
  wecom_user_id: "lilei",
  role: "staff" as const,
  customer_id: null,
  skills: ["printer"],
  capacity: 5,
  load: 1,
  presence: "online" as const,
  hours: null,
  left_at: null,
  version: 1,
};

/** `/api/desk`: who works at the desk, whose customers are whose, and how it works. */
export const staffRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/desk/staff",
    auth: "desk:work",
    summary: "客服人员列表 / List the desk's staff",
    request: { query: z.strictObject(numberedPageFields) },
    response: numberedPage(staffSchema),
    example: { response: { items: [example], total: 1, page: 1, page_size: 50 } },
    async handler({ query, session, context }) {
      const { items, ...page } = await listStaff(context.stores, session.tenantId, query);
      return { items: items.map(shape), ...page };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/desk/staff",
    auth: "desk:manage",
    status: 201,
    summary: "添加客服人员 / Add somebody",
    request: { body: createBody },
    response: staffSchema,
    errors: { 404: { description: "客户不存在 / no such customer" }, ...TAKEN },
    example: {
      request: { name: "李雷", role: "staff", wecom_user_id: "lilei", skills: ["printer"], presence: "online" },
      response: example,
    },
    async handler({ body, ...call }) {
      const { desk } = await deskFor(call);
      const { user_id: userId, wecom_user_id: wecomUserId, customer_id: customerId, hours, ...rest } = body;
      return shape(settled(await addStaff(desk, { ...rest, userId, wecomUserId, customerId, hours: spansOf(hours) })));
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/desk/staff/:id",
    auth: "desk:work",
    summary: "客服人员详情 / Read somebody",
    request: { params: idParams },
    response: staffSchema,
    errors: UNKNOWN,
    example: { response: example },
    async handler({ params, session, context }) {
      const staff = await getStaff(context.stores, session.tenantId, params.id);
      return staff ? shape(staff) : settled(refused("desk-staff.not-found"));
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/desk/staff/:id",
    auth: "desk:manage",
    summary: "更新客服人员 / Change somebody",
    request: { params: idParams, body: editBody },
    response: staffSchema,
    errors: { ...UNKNOWN, ...TAKEN },
    example: { request: { version: 1, capacity: 8 }, response: { ...example, capacity: 8, version: 2 } },
    async handler({ params, body, ...call }) {
      const { desk } = await deskFor(call);
      const { user_id: userId, wecom_user_id: wecomUserId, customer_id: customerId, has_left, hours, ...rest } = body;
      const patch = { ...rest, userId, wecomUserId, customerId, hasLeft: has_left, hours: spansOf(hours) };
      return shape(settled(await editStaff(desk, params.id, patch)));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/desk/presence",
    auth: "desk:work",
    summary: "自己的在线状态 / One's own presence",
    request: { body: z.strictObject({ presence: z.enum(PRESENCES) }) },
    response: staffSchema,
    errors: UNKNOWN,
    example: { request: { presence: "away" }, response: { ...example, presence: "away" as const } },
    async handler({ body, ...call }) {
      const { desk, access } = await deskFor(call);
      if (access.kind !== "staff") return settled(refused("desk-staff.not-found"));
      return shape(settled(await editStaff(desk, access.staffId, body)));
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/desk/customers/:id/staff",
    auth: "desk:manage",
    summary: "客户绑定的员工 / Whose customer it is",
    request: { params: idParams },
    response: bindingsSchema,
    errors: { 404: { description: "客户不存在 / no such customer" } },
    example: { response: { items: [{ staff_id: 1, name: "李雷" }] } },
    async handler({ params, ...call }) {
      const { desk } = await deskFor(call);
      await customerThere(call.context, desk.tenantId, params.id);
      return bindings(await staffOfCustomer(desk, params.id));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/desk/customers/:id/staff",
    auth: "desk:manage",
    summary: "绑定客户 / Make a customer somebody's",
    request: { params: idParams, body: bindingBody },
    response: bindingsSchema,
    errors: { 404: { description: "客户或员工不存在 / no such customer or employee" }, ...TAKEN },
    example: { request: { staff_id: 1 }, response: { items: [{ staff_id: 1, name: "李雷" }] } },
    async handler({ params, body, ...call }) {
      const { desk } = await deskFor(call);
      settled(await bindCustomer(desk, params.id, body.staff_id, "admin"));
      return bindings(await staffOfCustomer(desk, params.id));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/desk/customers/:id/unbind",
    auth: "desk:manage",
    summary: "解除绑定 / End a binding",
    request: { params: idParams, body: bindingBody },
    response: bindingsSchema,
    errors: { 404: { description: "客户不存在 / no such customer" } },
    example: { request: { staff_id: 1 }, response: { items: [] } },
    async handler({ params, body, ...call }) {
      const { desk } = await deskFor(call);
      await customerThere(call.context, desk.tenantId, params.id);
      await unbindCustomer(desk, params.id, body.staff_id);
      return bindings(await staffOfCustomer(desk, params.id));
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/desk/settings",
    auth: "desk:work",
    summary: "服务台设置 / How the desk works",
    response: settingsSchema,
    example: { response: DEFAULT_SETTINGS },
    handler: async (call) => (await deskFor(call)).desk.settings,
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/desk/settings",
    auth: "desk:manage",
    summary: "更新服务台设置 / Change how the desk works",
    description: "只改给出的部分；已在计时的工单不变。",
    request: { body: settingsSchema.partial() },
    response: settingsSchema,
    example: { request: { holidays: ["2026-10-01"] }, response: { ...DEFAULT_SETTINGS, holidays: ["2026-10-01"] } },
    async handler({ body, ...call }) {
      const { desk } = await deskFor(call);
      const settings = await putSettings(desk.stores, desk.tenantId, body);
      if (settings.hold_marketing !== desk.settings.hold_marketing) await resetMarketingHolds({ ...desk, settings });
      return settings;
    },
  }),
];

function bindings(people: readonly DeskStaff[]): z.input<typeof bindingsSchema> {
  return { items: people.map(({ id, name }) => ({ staff_id: id, name })) };
}

/** @throws {NotFoundError} `desk-customer.not-found` */
async function customerThere({ stores }: Pick<ServerContext, "stores">, tenantId: number, id: number): Promise<void> {
  const [customer] = await deskTables(stores)
    .selectFrom("rk_customers")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .execute();
  if (!customer) settled(refused("desk-customer.not-found"));
}

/** Hours without days that are not said. */
function spansOf(hours: z.output<typeof hoursField> | null | undefined): WorkingHours | null | undefined {
  if (hours == null) return hours;
  const days = Object.entries(hours).filter(([, spans]) => spans !== undefined);
  // Only days whose spans are given are left.
  return Object.fromEntries(days) as WorkingHours;
}
