import { idParams, numberedPage, numberedPageFields, wholeNumber } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import { serverRoute } from "../../frame/server-module.js";
import { differences } from "./differences.js";
import {
  adminAnswer,
  adminBody,
  changeBody,
  configSchema,
  createBody,
  differenceAnswer,
  differenceQuery,
  keySchema,
  rollbackBody,
  versionSchema,
} from "./schema.js";
import { changeConfig, createConfig, putConfig, rollBack } from "./service.js";
import { getEntry, getVersion, listEntries, listVersions, type StoredEntry } from "./store.js";
import { MASK } from "./values.js";

const TAGS = ["配置 / Configuration"];
const reads = { method: "get", auth: "config:read", tags: TAGS } as const;
// Processes are told after the commit.
const writes = { auth: "config:write", effects: "outside", tags: TAGS } as const;
const UNKNOWN = { 404: { description: "没有这个配置 / no such entry" } };
const STALE = { ...UNKNOWN, 409: { description: "版本已变化 / another version by now" } };

const value = { core_pool_size: 20, max_pool_size: 100, scale_up_threshold: 0.8, scale_down_threshold: 0.2 };
const entry = {
  id: 1,
  key: "message_sender",
  value,
  version: 2,
  description: "",
  is_secret: false,
  is_usable: true,
  created_at: 1_767_225_600_000,
  updated_at: 1_767_225_600_000,
  updated_by: "user:1",
};
const change = { path: "core_pool_size", from: 10, to: 20 };

function shape({ configValues: values }: Pick<ServerContext, "configValues">, stored: StoredEntry) {
  const { id, name, version, description, createdAt, updatedAt, updatedBy } = stored;
  return {
    id,
    key: name,
    value: values.shown(name, stored.value) as z.output<typeof configSchema>["value"],
    version,
    description,
    is_secret: values.keys.get(name)?.isSecret ?? false,
    is_usable: values.opened(name, stored.value) !== undefined,
    created_at: createdAt,
    updated_at: updatedAt,
    updated_by: updatedBy,
  };
}

/** What differs between two values as they are kept; of a secret only that it does. */
function changesOf(
  { configValues: values }: Pick<ServerContext, "configValues">,
  name: string,
  from: string,
  to: string,
) {
  if (values.keys.get(name)?.isSecret) {
    const isSame = JSON.stringify(values.opened(name, from)) === JSON.stringify(values.opened(name, to));
    return isSame ? [] : [{ path: "", from: MASK, to: MASK }];
  }
  // Differences of JSON are JSON.
  return differences(JSON.parse(from), JSON.parse(to)) as z.output<typeof differenceAnswer>["changes"];
}

/** Every key with what holds by what is stored; processes go by it within two seconds. */
async function adminConfig({ configValues: values, stores }: Pick<ServerContext, "configValues" | "stores">) {
  const entries = new Map((await listEntries(stores)).map((each) => [each.name, each]));
  const shown = [...values.keys.values()].map(({ name, isSecret, defaultValue }) => {
    const kept = entries.get(name)?.value;
    if (isSecret && kept !== undefined) return [name, MASK] as const;
    return [name, (kept === undefined ? undefined : values.opened(name, kept)) ?? defaultValue] as const;
  });
  return {
    // Values of keys are JSON by their schemas.
    config: Object.fromEntries(shown) as z.output<typeof adminAnswer>["config"],
    versions: Object.fromEntries([...values.keys.keys()].map((name) => [name, entries.get(name)?.version ?? 0])),
  };
}

const adminExample = { config: { message_sender: value }, versions: { message_sender: 2 } };

/** `/api/config/*` and `/api/admin/config`, two ways to one store. */
export const configurationRoutes = [
  serverRoute({
    ...reads,
    path: "/api/config/configs",
    summary: "配置列表 / List the configuration",
    description: "已保存的配置；未保存的键用默认值，见 `/api/config/keys`。",
    request: { query: z.strictObject(numberedPageFields) },
    response: numberedPage(configSchema),
    example: { response: { items: [entry], total: 1, page: 1, page_size: 50 } },
    async handler({ query: { page = 1, page_size = 50 }, context }) {
      const all = await listEntries(context.stores);
      const items = all.slice((page - 1) * page_size, page * page_size).map((each) => shape(context, each));
      return { items, total: all.length, page, page_size };
    },
  }),
  serverRoute({
    ...writes,
    method: "post",
    path: "/api/config/configs",
    status: 201,
    summary: "创建配置 / Create an entry",
    description: "键须为 `/api/config/keys` 所列；2 秒内在所有进程生效，无需重启。",
    request: { body: createBody },
    response: configSchema,
    errors: {
      404: { description: "没有这个键 / no such key" },
      409: { description: "已有此配置 / it is there already" },
    },
    example: { request: { key: "message_sender", value }, response: { ...entry, version: 1 } },
    handler: async ({ body, session, context }) => shape(context, await createConfig(context, body, session.actor)),
  }),
  serverRoute({
    ...reads,
    path: "/api/config/configs/:id",
    summary: "一项配置 / One entry",
    request: { params: idParams },
    response: configSchema,
    errors: UNKNOWN,
    example: { response: entry },
    handler: async ({ params, context }) => shape(context, await getEntry(context.stores, params.id)),
  }),
  serverRoute({
    ...writes,
    method: "put",
    path: "/api/config/configs/:id",
    summary: "更新配置 / Change an entry",
    description: "`version` 为读到的版本；已被他人修改则 409。",
    request: { params: idParams, body: changeBody },
    response: configSchema,
    errors: STALE,
    example: { request: { value, version: 1 }, response: entry },
    handler: async ({ params, body, session, context }) =>
      shape(context, await changeConfig(context, params.id, body, session.actor)),
  }),
  serverRoute({
    ...reads,
    path: "/api/config/configs/:id/history",
    summary: "配置的历史 / History of an entry",
    description: "最新的在前，每个版本与上一版本的差别。",
    request: { params: idParams, query: z.strictObject({ limit: wholeNumber(1, 200).optional() }) },
    response: z.strictObject({ items: z.array(versionSchema) }),
    errors: UNKNOWN,
    example: {
      response: {
        items: [{ version: 2, value, action: "update", actor: "user:1", at: 1_767_225_600_000, changes: [change] }],
      },
    },
    async handler({ params, query: { limit = 50 }, context }) {
      const { name } = await getEntry(context.stores, params.id);
      const versions = await listVersions(context.stores, params.id, limit + 1);
      const items = versions.slice(0, limit).map(({ version, value: kept, action, actor, at }, index) => {
        const before = versions[index + 1];
        const changes = before ? changesOf(context, name, before.value, kept) : [];
        const shown = context.configValues.shown(name, kept) as z.output<typeof versionSchema>["value"];
        return { version, value: shown, action, actor, at, changes };
      });
      return { items };
    },
  }),
  serverRoute({
    ...reads,
    path: "/api/config/configs/:id/diff",
    summary: "两个版本的差别 / Difference of two versions",
    request: { params: idParams, query: differenceQuery },
    response: differenceAnswer,
    errors: UNKNOWN,
    example: { response: { from: 1, to: 2, changes: [change] } },
    async handler({ params, query, context }) {
      const { name, version } = await getEntry(context.stores, params.id);
      const { to = version } = query;
      const { from = Math.max(1, to - 1) } = query;
      const [before, after] = [
        await getVersion(context.stores, params.id, from),
        await getVersion(context.stores, params.id, to),
      ];
      return { from, to, changes: changesOf(context, name, before, after) };
    },
  }),
  serverRoute({
    ...writes,
    method: "post",
    path: "/api/config/configs/:id/rollback",
    summary: "恢复旧版本 / Go back to a version",
    description: "旧值成为新版本；历史不变。",
    request: { params: idParams, body: rollbackBody },
    response: configSchema,
    errors: STALE,
    example: { request: { version: 2, to: 1 }, response: { ...entry, version: 3 } },
    handler: async ({ params, body, session, context }) =>
      shape(context, await rollBack(context, params.id, body.version, body.to, session.actor)),
  }),
  serverRoute({
    ...reads,
    path: "/api/config/keys",
    summary: "可配置的键 / Keys that can be set",
    response: z.strictObject({ items: z.array(keySchema) }),
    example: {
      response: {
        items: [
          {
            key: "message_sender",
            title: "消息发送池 / pool",
            is_secret: false,
            default: value,
            schema: { type: "object" },
          },
        ],
      },
    },
    async handler({ context }) {
      const items = [...context.configValues.keys.values()].map(
        ({ name, title, isSecret = false, schema, defaultValue }) => ({
          key: name,
          title,
          is_secret: isSecret,
          // Defaults are values of their schemas, which are JSON.
          default: defaultValue as z.output<typeof keySchema>["default"],
          schema: z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }),
        }),
      );
      return { items };
    },
  }),
  serverRoute({
    ...reads,
    path: "/api/admin/config",
    summary: "系统配置 / System configuration",
    description: "所有键生效中的值。",
    response: adminAnswer,
    example: { response: adminExample },
    handler: ({ context }) => adminConfig(context),
  }),
  serverRoute({
    ...writes,
    method: "post",
    path: "/api/admin/config",
    summary: "更新系统配置 / Change the system configuration",
    description: "可一次更新多个键，全部成功或全部不变；未写的键不变。",
    request: { body: adminBody },
    response: adminAnswer,
    errors: {
      404: { description: "没有这个键 / no such key" },
      409: { description: "版本已变化 / another version by now" },
    },
    example: { request: { config: { message_sender: value } }, response: adminExample },
    async handler({ body: { config, versions = {} }, session, context }) {
      await putConfig(context, config, versions, session.actor);
      return adminConfig(context);
    },
  }),
];
