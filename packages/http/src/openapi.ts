import * as z from "zod";
import type { Caller } from "./caller.js";
import { takesKey } from "./change-once.js";
import { type Composition, compose } from "./compose.js";
import type { HttpContext } from "./context.js";
import type { Envelope } from "./envelope.js";
import type { Module } from "./module.js";
import { NDJSON } from "./request-rows.js";
import type { Route } from "./route.js";

type Json = Readonly<Record<string, unknown>>;

/** A description of an API by OpenAPI. */
export type OpenApiDocument = Json & { readonly openapi: string };

/** What a description says beside the routes. */
export interface OpenApiFacts {
  readonly version: string;
  /** @default "RecallKit" */
  readonly title?: string;
  readonly description?: string;
  /** Where callers find the routes. @default "/" */
  readonly serverUrl?: string;
}

/** The parts of an app that descriptions are made of. */
type Described = Pick<Composition, "texts" | "envelopeOf">;

/**
 * The OpenAPI 3.1 description of all routes that are not hidden, made from the very list that is served.
 *
 * @throws {ConfigError} `config.invalid` for `modules`, as {@link compose} does
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument<C extends HttpContext, S extends Caller>(
  modules: readonly Module<C, S>[],
  facts: OpenApiFacts,
): OpenApiDocument {
  return describe(compose(modules), facts);
}

/** The description of modules that are put together. */
export function describe<C extends HttpContext, S extends Caller>(
  { routes: all, texts, tags, envelopeOf }: Composition<C, S>,
  { version, title = "RecallKit", description, serverUrl = "/" }: OpenApiFacts,
): OpenApiDocument {
  const app: Described = { texts, envelopeOf };
  // Handlers are not looked at here; without them all routes are of one type.
  const routes: readonly DescribedRoute[] = all.filter((route) => !route.isHidden);
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method]: operation(app, route) };
  }
  const answers = sharedAnswers(app, routes);
  const envelopes = new Set(routes.map(({ path }) => envelopeOf(path)));
  return {
    openapi: "3.1.1",
    info: {
      title,
      version,
      ...(description !== undefined && { description }),
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: serverUrl }],
    tags: [...new Set(routes.flatMap((route) => route.tags))].map((name) => {
      return { name, description: tags.get(name) ?? name };
    }),
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: Object.fromEntries(
        [...envelopes]
          .filter(({ schemaName }) => JSON.stringify(answers).includes(`/${schemaName}"`))
          .map(({ schemaName, schema }) => [schemaName, schemaOf(schema, "output")]),
      ),
      responses: answers,
    },
  };
}

type DescribedRoute = Omit<Route, "handler">;

function operation(app: Described, route: DescribedRoute): Json {
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
    responses: { [route.status ?? 200]: success(route), ...otherAnswers(app, route) },
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

function bodyOf(
  { accepts, rows, takesForm = false, example: { request: example } = {} }: DescribedRoute,
  schema: z.ZodType,
): Json {
  if (accepts) {
    const bytes = { schema: { type: "string", format: "binary" } };
    return { required: true, content: Object.fromEntries(accepts.mediaTypes.map((type) => [type, bytes])) };
  }
  return {
    required: !schema.safeParse({}).success,
    content: {
      "application/json": { schema: schemaOf(schema, "input"), ...(example !== undefined && { example }) },
      ...(takesForm && { "application/x-www-form-urlencoded": { schema: schemaOf(schema, "input") } }),
      ...(rows && {
        [NDJSON]: { schema: { type: "string", description: "每行一个 JSON 对象 / one JSON object a line" } },
      }),
    },
  };
}

function success(route: DescribedRoute): Json {
  const example = route.example?.response;
  const schema = schemaOf(route.response, "output");
  return {
    description: "成功 / OK",
    content: { [route.produces ?? "application/json"]: { schema, ...(example !== undefined && { example }) } },
  };
}

/** Every error that the frame itself can answer with, and those of the route. */
function otherAnswers({ texts, envelopeOf }: Described, route: DescribedRoute): Json {
  const envelope = envelopeOf(route.path);
  const statuses = frameStatuses(route);
  const own = Object.entries(route.errors ?? {}).map(([status, { description, schema }]) => [
    status,
    schema
      ? { description, content: { "application/json": { schema: schemaOf(schema, "output") } } }
      : errorAnswer(texts, envelope, Number(status), description),
  ]);
  return {
    ...Object.fromEntries(
      statuses.map((status) => [status, { $ref: `#/components/responses/${sharedName(envelope, status)}` }]),
    ),
    ...Object.fromEntries(own),
  };
}

/** Statuses of the errors that the frame itself can answer with. */
function frameStatuses(route: DescribedRoute): readonly number[] {
  const faults = route.refusal ? [route.refusal.status] : undefined;
  return [
    ...(faults ?? (route.request || takesKey(route) ? [400] : [])),
    ...(route.auth === "public" ? [] : [401, 403]),
    ...(route.request?.body && !faults ? [413, 415] : []),
    ...(takesKey(route) ? [409, 422] : []),
    ...(route.limit === "probe" ? [] : [429]),
    500,
    ...(route.effects === "outside" ? [502] : []),
    503,
  ].filter((status) => route.errors?.[status] === undefined);
}

/** Errors that many routes share, named once. */
function sharedAnswers({ texts, envelopeOf }: Described, routes: readonly DescribedRoute[]): Record<string, Json> {
  return Object.fromEntries(
    routes.flatMap((route) => {
      const envelope = envelopeOf(route.path);
      return frameStatuses(route).map((status) => [
        sharedName(envelope, status),
        errorAnswer(texts, envelope, status, DESCRIPTIONS[status] ?? ""),
      ]);
    }),
  );
}

function sharedName({ schemaName }: Envelope, status: number): string {
  return `${schemaName}${status}`;
}

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

function errorAnswer(
  texts: Described["texts"],
  { contentType, schemaName, write }: Envelope,
  status: number,
  description: string,
): Json {
  const code = CODES[status] ?? "internal.error";
  const title = texts.messageOf(code, status, "zh");
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
