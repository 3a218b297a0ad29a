import { localDateOf } from "@recallkit/core/ports";
import { MEDICAL_LEXICON } from "@recallkit/core/script";
import { type CallerCall, idParams } from "@recallkit/http";
import * as z from "zod";
import type { ServerContext } from "../../frame/context.js";
import { serverRoute } from "../../frame/server-module.js";
import type { Session } from "../../frame/session.js";
import { checkExample, detailExample, personExample, scriptExample, settingsExample, wordExample } from "./examples.js";
import { listScripts, scriptOf } from "./ledger.js";
import {
  addWordBody,
  checkAnswer,
  checkBody,
  lexiconAnswer,
  putSettingsBody,
  scriptDetail,
  scriptsPage,
  scriptsQuery,
  settingsAnswer,
  tryBody,
  wordSchema,
} from "./schema.js";
import { checkText, scriptAuthor } from "./service.js";
import { putScriptSettings, type ScriptSettings, scriptSettings } from "./settings.js";
import { detailShape, findingShapes, personOf, scriptShape, settingsShape, wordShape } from "./shapes.js";
import { spentOn } from "./spend.js";
import { addWord, listWords, removeWord } from "./words.js";
import { writeScript } from "./write-script.js";

const facts = { tags: ["话术 / Scripts"] } as const;

type AnyCall = Pick<CallerCall<ServerContext, Session>, "context" | "session">;

/** `/api/v1/scripts*` but for its templates. */
export const scriptRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/scripts",
    auth: "scripts:read",
    summary: "话术列表 / List texts",
    description: "最新的在前。",
    request: { query: scriptsQuery },
    response: scriptsPage,
    example: { response: { items: [scriptExample], next_cursor: null } },
    async handler({ query: { limit, cursor, verdict }, context, session }) {
      const page = await listScripts(context.stores, session.tenantId, { limit, cursor, verdict });
      return { items: page.items.map(scriptShape), next_cursor: page.nextCursor };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/v1/scripts/try",
    auth: "scripts:write",
    effects: "outside",
    summary: "试写一条 / Try it out",
    description: "按当前设置为虚构的客户写一条；调用模型时计入当日预算。不发送任何内容。",
    request: { body: tryBody },
    response: scriptDetail,
    errors: { 409: { description: "没有可以发送的话术 / no text passes" } },
    example: { request: personExample, response: { ...detailExample, customer_id: null } },
    async handler({ body, context, session }) {
      const now = context.clock.now();
      // Asked for again, it is written again: somebody looks at what a change does.
      const occasion = `try ${now} ${Buffer.from(context.random.bytes(8)).toString("hex")}`;
      const request = {
        ...({ tenantId: session.tenantId, customerId: null, purpose: "birthday", channel: body.channel } as const),
        ...{ occasion, now, facts: personOf(body), otherNames: body.other_names ?? [] },
      };
      return detailShape(await writeScript(scriptAuthor(context), request));
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/v1/scripts/check",
    auth: "scripts:read",
    summary: "审核一条文本 / Look at a text",
    description: "与发送前相同的审核：只有 verdict 为 pass 的文本可以发送。",
    request: { body: checkBody },
    response: checkAnswer,
    example: checkExample,
    async handler({ body, context, session }) {
      const { text, channel, other_names: otherNames = [] } = body;
      const asked = { tenantId: session.tenantId, text, channel, otherNames, facts: personOf(body) };
      const { verdict, findings } = await checkText(scriptAuthor(context), asked);
      return { verdict, findings: findingShapes(text, findings) };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/scripts/settings",
    auth: "scripts:read",
    summary: "撰写设置与今日用量 / Settings, and what was used today",
    response: settingsAnswer,
    example: { response: settingsExample.response },
    handler: (call) => settingsOf(call),
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/v1/scripts/settings",
    auth: "scripts:write",
    summary: "修改撰写设置 / Change the settings",
    description:
      "省略的字段恢复默认。widened 中的资料只在本人单独同意（consents，purpose 为 script_facts）后告诉模型。",
    request: { body: putSettingsBody },
    response: settingsAnswer,
    example: settingsExample,
    async handler({ body, ...call }) {
      const { context, session } = call;
      const at = context.clock.now();
      const before = await scriptSettings(context.stores, session.tenantId);
      const settings: ScriptSettings = {
        ...{ engine: body.engine, model: body.model ?? null, maxSegments: body.max_segments ?? 3 },
        ...{ dailyTokens: body.daily_tokens ?? null, dailyCost: body.daily_cost ?? null },
        widened: (body.widened ?? []).map(({ fact, reason }) => {
          const same = before.widened.find((known) => known.fact === fact && known.reason === reason);
          return same ?? { fact, reason, recorded_by: session.actor, recorded_at: at };
        }),
      };
      await putScriptSettings(context.stores, session.tenantId, settings, { actor: session.actor, at });
      return settingsOf(call);
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/scripts/lexicon",
    auth: "scripts:read",
    summary: "词库 / The list of words",
    description: "items 为内置词库，每条附依据；edits 为本机构的增补与放行。",
    response: lexiconAnswer,
    example: { response: { edits: [wordExample], items: [] } },
    async handler({ context, session }) {
      const edits = await listWords(context.stores, session.tenantId);
      return { edits: edits.map(wordShape), items: MEDICAL_LEXICON.map((entry) => ({ ...entry })) };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/v1/scripts/lexicon",
    auth: "scripts:write",
    status: 201,
    summary: "增补或放行一个词 / Add a word, or permit a phrase",
    request: { body: addWordBody },
    response: wordSchema,
    errors: { 409: { description: "词库中已有此词 / it stands there already" } },
    example: {
      request: { kind: "add", word: wordExample.word, reason: wordExample.reason },
      response: wordExample,
    },
    async handler({ body, context, session }) {
      const edit = { ...body, createdBy: session.actor, createdAt: context.clock.now() };
      return wordShape(await context.stores.transaction((tx) => addWord(tx, session.tenantId, edit)));
    },
  }),
  serverRoute({
    ...facts,
    method: "delete",
    path: "/api/v1/scripts/lexicon/:id",
    auth: "scripts:write",
    summary: "撤销增补或放行 / Take a change back",
    request: { params: idParams },
    response: z.strictObject({ deleted: z.literal(true) }),
    errors: { 404: { description: "词条不存在 / no such word" } },
    example: { response: { deleted: true as const } },
    async handler({ params, context, session }) {
      await removeWord(context.stores, session.tenantId, params.id);
      return { deleted: true as const };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/scripts/:id",
    auth: "scripts:read",
    summary: "话术详情 / Read a text",
    description: "含发给模型的全部内容与未采用的草稿。",
    request: { params: idParams },
    response: scriptDetail,
    errors: { 404: { description: "话术不存在 / no such text" } },
    example: { response: detailExample },
    handler: async ({ params, context, session }) =>
      detailShape(await scriptOf(context.stores, session.tenantId, params.id)),
  }),
];

async function settingsOf({ context, session }: AnyCall) {
  const { stores, kit, clock, config } = context;
  const { timeZone } = await kit.forTenant(session.tenantId).tenant();
  const [settings, spent] = await Promise.all([
    scriptSettings(stores, session.tenantId),
    spentOn(stores, session.tenantId, localDateOf(clock.now(), timeZone)),
  ]);
  return {
    ...settingsShape(settings),
    is_model_configured: config.llm.apiKey !== undefined,
    today: { calls: spent.calls, tokens: spent.tokens, cost: spent.costMicros / 1_000_000 },
  };
}
