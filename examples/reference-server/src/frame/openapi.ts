import * as z from "zod";
import { takesKey } from "./change-once.js";
import { ENVELOPES, type EnvelopeFamily, familyOf } from "./envelope.js";
import { messageOf } from "./messages.js";
import type { Module } from "./module.js";
import type { Route } from "./route.js";

type Json = Readonly<Record<string, unknown>>;

/**
 * The OpenAPI 3.1 description of all routes that are not hidden, made from the very list that Express serves.
 *
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument(modules: readonly Module[], version: string): Json & { readonly openapi: string } {
  const routes = modules.flatMap((module) => module.routes ?? []).filter((route) => !route.isHidden);
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  const answers = sharedAnswers(routes);
  return {
    openapi: "3.1.1",
    info: {
      title: "RecallKit",
      version,
      description: "沉睡客户召回：人群、推送、效果。先调用 `POST /login`，把返回的 token 作为 Bearer 令牌。",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(routes.flatMap(({ tags }) => tags))].map((name) => ({ name, description: TAGS[name] ?? name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: Object.fromEntries(
        Object.values(ENVELOPES)
          .filter(({ schemaName }) => JSON.stringify(answers).includes(`/${schemaName}"`))
          .map(({ schemaName, schema }) => [schemaName, schemaOf(schema, "output")]),
      ),
      responses: answers,
    },
  };
}

function operation(route: Route): Json {
  const { request = {}, description } = route;
  const parameters = [
    ...parametersOf(request.params, "path"),
    ...parametersOf(request.query, "query"),
    ...(takesKey(route) ? [IDEMPOTENCY_KEY] : []),
  ];
  return {
    operationId: `${route.method}${route.path.replace(/[/:]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary: route.summary,
    ...(description !== undefined && { description }),
    tags: route.tags,
    security: route.auth === "public" ? [] : [{ bearer: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(request.body && { requestBody: bodyOf(route, request.body) }),
    responses: { [route.status ?? 200]: success(route), ...otherAnswers(route) },
  };
}

const IDEMPOTENCY_KEY: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "1-255 个可见字符；24 小时内相同的键得到同一个答复 / the same key gets the same answer for 24 hours",
  // Without an example: the page that tries routes would send it with every call, and get the first answer again.
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

function bodyOf({ accepts, example: { request: example } = {} }: Route, schema: z.ZodType): Json {
  if (accepts) {
    const bytes = { schema: { type: "string", format: "binary" } };
    return { required: true, content: Object.fromEntries(accepts.mediaTypes.map((type) => [type, bytes])) };
  }
  return {
    required: !schema.safeParse({}).success,
    content: { "application/json": { schema: schemaOf(schema, "input"), ...(example !== undefined && { example }) } },
  };
}

function success(route: Route): Json {
  const example = route.example?.response;
  const schema = schemaOf(route.response, "output");
  return {
    description: "成功 / OK",
    content: { [route.produces ?? "application/json"]: { schema, ...(example !== undefined && { example }) } },
  };
}

/** Every error that the frame itself can answer with, and those of the route. */
function otherAnswers(route: Route): Json {
  const family = familyOf(route.path);
  const statuses = frameStatuses(route);
  const own = Object.entries(route.errors ?? {}).map(([status, { description, schema }]) => [
    status,
    schema
      ? { description, content: { "application/json": { schema: schemaOf(schema, "output") } } }
      : errorAnswer(family, Number(status), description),
  ]);
  return {
    ...Object.fromEntries(
      statuses.map((status) => [status, { $ref: `#/components/responses/${sharedName(family, status)}` }]),
    ),
    ...Object.fromEntries(own),
  };
}

/** Statuses of the errors that the frame itself can answer with. */
function frameStatuses(route: Route): readonly number[] {
  return [
    ...(route.request || takesKey(route) ? [400] : []),
    ...(route.auth === "public" ? [] : [401, 403]),
    ...(route.request?.body ? [413, 415] : []),
    ...(takesKey(route) ? [409, 422] : []),
    ...(route.limit === "probe" ? [] : [429]),
    500,
    ...(route.effects === "outside" ? [502] : []),
    503,
  ].filter((status) => route.errors?.[status] === undefined);
}

/** Errors that many routes share, named once. */
function sharedAnswers(routes: readonly Route[]): Record<string, Json> {
  return Object.fromEntries(
    routes.flatMap((route) => {
      const family = familyOf(route.path);
      return frameStatuses(route).map((status) => [
        sharedName(family, status),
        errorAnswer(family, status, DESCRIPTIONS[status] ?? ""),
      ]);
    }),
  );
}

function sharedName(family: EnvelopeFamily, status: number): string {
  return `${ENVELOPES[family].schemaName}${status}`;
}

/** What the groups of routes are about. */
const TAGS: Readonly<Record<string, string>> = {
  "登录 / Login": "取得 Bearer 令牌 / get a bearer token",
  "账号 / Accounts": "用户、会话、API 密钥 / users, sessions, API keys",
  "商户 / Tenants": "商户与渠道账号 / tenants and their accounts at providers",
  "精准推送 / Precision push": "企业微信精准推送 / precision pushes over WeCom",
  "客户 / Customers": "标签库与免打扰 / label library and suppressions",
  "运维 / Operations": "账本中的每个状态 / every state of the ledger",
  "健康 / Health": "健康状况与探针 / health and probes",
  "文档 / Documentation": "本文档 / these pages",
};

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: "参数有误，一次列出全部 / Invalid input, every fault at once",
  401: "未登录或登录已过期 / No session",
  403: "没有权限 / The caller may not do this",
  409: "与当前状态冲突，或同一个 Idempotency-Key 正在处理 / Conflict, or the key is being worked on",
  413: "请求体过大 / Body too large",
  415: "请求体类型不支持 / Media type not supported",
  422: "Idempotency-Key 已用于另一个请求 / The key was used for another request",
  429: "请求过多，见 Retry-After / Too many requests, see Retry-After",
  500: "服务器内部错误 / Internal error",
  502: "服务商拒绝或未答复 / The provider refused or did not answer",
  503: "数据库繁忙，见 Retry-After / Database busy, see Retry-After",
};

const CODES: Readonly<Record<number, string>> = {
  400: "input.invalid",
  401: "auth.required",
  403: "auth.forbidden",
  404: "http.not-found",
  409: "idempotency.running",
  413: "http.body-too-large",
  415: "http.unsupported-media-type",
  422: "idempotency.mismatch",
  429: "http.too-many-requests",
  502: "channel.unavailable",
  500: "internal.error",
  503: "storage.busy",
};

function errorAnswer(family: EnvelopeFamily, status: number, description: string): Json {
  const { contentType, schemaName, write } = ENVELOPES[family];
  const code = CODES[status] ?? "internal.error";
  const title = messageOf(code, status, "zh");
  const example = write({ status, code, title, message: title, issues: [], requestId: "5f0c4e0a" });
  return {
    description,
    content: { [contentType]: { schema: { $ref: `#/components/schemas/${schemaName}` }, example } },
  };
}

function parametersOf(schema: z.ZodType | undefined, place: "path" | "query"): readonly Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return Object.entries(properties).map(([name, property]) => {
    const described = typeof property === "object" && property.description !== undefined;
    return {
      name,
      in: place,
      required: place === "path" || required.includes(name),
      ...(described && { description: property.description }),
      schema: property,
    };
  });
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, "~standard": __, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
