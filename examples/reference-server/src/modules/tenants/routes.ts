import { NotFoundError, type Tenant } from "@recallkit/core";
import { HttpError, idParams, numberedPageFields } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import { serverRoute } from "../../frame/server-module.js";
import type { Session } from "../../frame/session.js";
import {
  accountBody,
  accountParams,
  accountSchema,
  accountsPage,
  createTenantBody,
  editTenantBody,
  removedAnswer,
  tenantSchema,
  tenantsPage,
  trialParams,
  trialSchema,
} from "./schema.js";
import {
  type ChannelAccount,
  channelAccounts,
  endsOfSecrets,
  removeAccount,
  setSmsAccount,
  setWecomAccount,
} from "./service.js";
import { smsAccountOf } from "./sms-account-body.js";
import { tryWecomAccount } from "./try-account.js";

const facts = { tags: ["商户 / Tenants"] } as const;
const UNKNOWN = { 404: { description: "商户不存在 / no such tenant" } };
const NO_ACCOUNT = { 404: { description: "商户或账号不存在 / no such tenant or account" } };
const example = {
  id: 1,
  name: "默认商户",
  time_zone: "Asia/Shanghai",
  currency: "CNY",
  counted_statuses: ["paid", "shipped", "completed", "partially_refunded"],
  created_at: 1_767_225_600_000,
};
const accountExample = {
  channel: "wecom" as const,
  corp_id: "ww1234567890abcdef",
  agent_id: 1_000_002,
  mini_program_app_id: "wx1234567890abcdef",
  secret_end: "9f3c",
  created_at: 1_767_225_600_000,
  updated_at: 1_767_225_600_000,
};

/** `/api/tenants*`: people of the platform see all tenants, everybody else their own. */
export const tenantRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/tenants",
    auth: "tenant:read",
    summary: "商户列表 / List tenants",
    request: { query: z.strictObject(numberedPageFields) },
    response: tenantsPage,
    example: { response: { items: [example], total: 1, page: 1, page_size: 50 } },
    async handler({ query, session, context }) {
      const { page = 1, page_size = 50 } = query;
      const visible: Tenant[] = [];
      for await (const tenant of context.kit.tenants.all()) if (maySee(session, tenant.id)) visible.push(tenant);
      const items = visible.slice((page - 1) * page_size, page * page_size).map(tenantShape);
      return { items, total: visible.length, page, page_size };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tenants",
    auth: "tenants:write",
    status: 201,
    summary: "新增商户 / Add a tenant",
    request: { body: createTenantBody },
    response: tenantSchema,
    example: { request: { name: "宠物店二店" }, response: { ...example, id: 2, name: "宠物店二店" } },
    handler: async ({ body, context }) =>
      tenantShape(await context.kit.tenants.create({ ...partsOf(body), name: body.name })),
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/tenants/:id",
    auth: "tenant:read",
    summary: "商户详情 / Read a tenant",
    request: { params: idParams },
    response: tenantSchema,
    errors: UNKNOWN,
    example: { response: example },
    handler: async ({ params, session, context }) => tenantShape(await kitOf(context, session, params.id).tenant()),
  }),
  serverRoute({
    ...facts,
    method: "patch",
    path: "/api/tenants/:id",
    auth: "tenant:write",
    summary: "修改名称、时区、币种或计为购买的状态 / Change name, zone, currency or the statuses that count",
    description:
      "推送时段随时区移动；原时区已到点的先触发。已有订单的商户不能再改币种（409）。counted_statuses 改后，人群、预演与统计都按新状态计算，包括过去。",
    request: { params: idParams, body: editTenantBody },
    response: tenantSchema,
    errors: UNKNOWN,
    example: { request: { time_zone: "Asia/Tokyo" }, response: { ...example, time_zone: "Asia/Tokyo" } },
    handler: async ({ params, body, session, context }) =>
      tenantShape(await kitOf(context, session, params.id).update(partsOf(body))),
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/tenants/:id/channel-accounts",
    auth: "tenant:read",
    summary: "渠道账号 / Channel accounts",
    request: { params: idParams },
    response: accountsPage,
    errors: UNKNOWN,
    example: { response: { items: [accountExample], total: 1, page: 1, page_size: 1 } },
    async handler({ params, session, context }) {
      const { id } = await kitOf(context, session, params.id).tenant();
      const ends = session.permissions.has("tenant:write") ? await endsOfSecrets(context, id) : {};
      const items = (await channelAccounts(context, id)).map((one) => accountShape(one, ends));
      return { items, total: items.length, page: 1, page_size: items.length };
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/tenants/:id/channel-accounts/:channel",
    auth: "tenant:write",
    summary: "配置渠道账号 / Set a channel account",
    description:
      "Secret 加密保存（AES-256-GCM），不会再返回；下一批次起生效。`wecom` 为企业微信应用，`sms` 为短信服务商。",
    request: { params: accountParams, body: accountBody },
    response: accountSchema,
    errors: UNKNOWN,
    example: {
      request: { corp_id: "ww1234567890abcdef", secret: "the-secret-of-the-app", agent_id: 1_000_002 },
      response: accountExample,
    },
    async handler({ params, body, session, context }) {
      const { id } = await kitOf(context, session, params.id).tenant();
      if ("providers" in body !== (params.channel === "sms")) throw notOfChannel(params.channel);
      if ("providers" in body) {
        const kept = await setSmsAccount(context, id, smsAccountOf(body));
        return accountShape(kept, await endsOfSecrets(context, id));
      }
      const { corp_id: corpId, secret, agent_id: agentId = null, mini_program_app_id: miniProgramAppId = null } = body;
      const kept = await setWecomAccount(context, id, { corpId, secret, agentId, miniProgramAppId });
      return accountShape(kept, await endsOfSecrets(context, id));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/tenants/:id/channel-accounts/:channel/test",
    auth: "tenant:write",
    effects: "outside",
    summary: "测试渠道账号 / Try a channel account",
    description: "用正在使用的账号向企业微信取一次访问凭证，不发送消息。失败时 class 说明类别；短信请用测试发送。",
    request: { params: trialParams },
    response: trialSchema,
    errors: NO_ACCOUNT,
    example: { response: { ok: false, class: "CONFIG", provider_code: "40001", code: "channel.misconfigured" } },
    async handler({ params, session, context }) {
      const { id } = await kitOf(context, session, params.id).tenant();
      const { isOk, effect, providerCode, code } = await tryWecomAccount(context, id);
      return { ok: isOk, class: effect, provider_code: providerCode, code };
    },
  }),
  serverRoute({
    ...facts,
    method: "delete",
    path: "/api/tenants/:id/channel-accounts/:channel",
    auth: "tenant:write",
    summary: "删除渠道账号 / Remove a channel account",
    request: { params: accountParams },
    response: removedAnswer,
    errors: NO_ACCOUNT,
    example: { response: { removed: true as const } },
    async handler({ params, session, context }) {
      const { id } = await kitOf(context, session, params.id).tenant();
      await removeAccount(context, id, params.channel);
      return { removed: true as const };
    },
  }),
];

function maySee({ tenantId, permissions }: Session, id: number): boolean {
  return id === tenantId || permissions.has("tenants:write");
}

/** The tenant of a path; one that the session may not see is none. */
function kitOf({ kit }: ServerContext, session: Session, id: number) {
  if (!maySee(session, id)) throw new NotFoundError("tenant.not-found", `no tenant ${id}`);
  return kit.forTenant(id);
}

/** What a body says about a tenant, by the names of the kit. */
function partsOf({ name, time_zone: timeZone, currency, counted_statuses: statuses }: z.output<typeof editTenantBody>) {
  return {
    ...(name !== undefined && { name }),
    ...(timeZone !== undefined && { timeZone }),
    ...(currency !== undefined && { currency }),
    ...(statuses !== undefined && { countedStatuses: statuses }),
  };
}

function tenantShape(tenant: Tenant): z.input<typeof tenantSchema> {
  const { id, name, timeZone, currency, countedStatuses, createdAt } = tenant;
  return {
    id,
    name,
    time_zone: timeZone,
    currency,
    counted_statuses: [...countedStatuses],
    created_at: createdAt,
  };
}

function notOfChannel(channel: string): HttpError {
  const path = channel === "sms" ? "providers" : "corp_id";
  return new HttpError(400, "input.invalid", { issues: [{ path, code: "invalid_type", message: `of ${channel}` }] });
}

function accountShape(account: ChannelAccount, ends: Readonly<Record<string, string>>): z.input<typeof accountSchema> {
  const dates = { created_at: account.createdAt, updated_at: account.updatedAt };
  if (account.channel === "sms") {
    const { channel, signature } = account;
    const providers = account.providers.map((one) => ({ ...one, secret_end: ends[one.name] ?? null }));
    return { channel, signature, providers, ...dates };
  }
  const { channel, corpId, agentId, miniProgramAppId } = account;
  return {
    channel,
    corp_id: corpId,
    agent_id: agentId,
    mini_program_app_id: miniProgramAppId,
    secret_end: ends[channel] ?? null,
    ...dates,
  };
}
