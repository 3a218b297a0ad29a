import { idParams } from "@recallkit/http";
import { serverRoute } from "../../../frame/server-module.js";
import {
  hitsSchema,
  knowledgeBody,
  knowledgeEdit,
  knowledgePage,
  knowledgeQuery,
  knowledgeSchema,
  removedSchema,
  searchQuery,
} from "../schema.js";
import type { Row } from "../tables.js";
import { addKnowledge, editKnowledge, findKnowledge, getKnowledge, listKnowledge, removeKnowledge } from "./store.js";

const facts = { tags: ["知识库 / Knowledge"] } as const;
const UNKNOWN = { 404: { description: "不存在 / there is none" } };
const entry = { question: "保修期多久？", keywords: "质保", answer: "整机一年，滤芯不在保修范围。", is_active: true };
const entryExample = { id: 1, ...entry, version: 1, updated_at: 1_767_225_600_000 };

function shape({ id, question, keywords, answer, is_active, version, updated_at }: Row<"rk_knowledge">) {
  return { id, question, keywords, answer, is_active: is_active === 1, version, updated_at };
}

/** `/api/ai/knowledge*`: what the router answers with. */
export const knowledgeRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/ai/knowledge",
    auth: "inbox:read",
    summary: "知识列表 / List entries",
    request: { query: knowledgeQuery },
    response: knowledgePage,
    example: { response: { items: [entryExample], next_cursor: null } },
    async handler({ query: { limit = 50, cursor = "0" }, session, context }) {
      const rows = await listKnowledge(context.stores, session.tenantId, { after: Number(cursor), limit });
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return { items: rows.map(shape), next_cursor: last ? String(last.id) : null };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/ai/knowledge/search",
    auth: "inbox:read",
    summary: "查找知识 / Find entries",
    request: { query: searchQuery },
    response: hitsSchema,
    example: { response: { items: [{ id: 1, question: entry.question, answer: entry.answer, score: 0.8 }] } },
    async handler({ query, session, context }) {
      return { items: (await findKnowledge(context.stores, session.tenantId, query.q)).map((hit) => ({ ...hit })) };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/ai/knowledge",
    auth: "inbox:manage",
    status: 201,
    summary: "添加知识 / Add an entry",
    request: { body: knowledgeBody },
    response: knowledgeSchema,
    example: { request: entry, response: entryExample },
    async handler({ body: { is_active: isActive, ...body }, session, context }) {
      const who = { actor: session.actor, at: context.clock.now() };
      const id = await addKnowledge(context.stores, session.tenantId, { ...body, isActive }, who);
      return shape(await getKnowledge(context.stores, session.tenantId, id));
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/ai/knowledge/:id",
    auth: "inbox:manage",
    summary: "修改知识 / Change an entry",
    request: { params: idParams, body: knowledgeEdit },
    response: knowledgeSchema,
    errors: { ...UNKNOWN, 409: { description: "已被他人修改 / somebody changed it meanwhile" } },
    example: { request: { ...entry, version: 1 }, response: { ...entryExample, version: 2 } },
    async handler({ params: { id }, body: { is_active: isActive, ...body }, session, context }) {
      const who = { actor: session.actor, at: context.clock.now() };
      await editKnowledge(context.stores, session.tenantId, id, { ...body, isActive }, who);
      return shape(await getKnowledge(context.stores, session.tenantId, id));
    },
  }),
  serverRoute({
    ...facts,
    method: "delete",
    path: "/api/ai/knowledge/:id",
    auth: "inbox:manage",
    summary: "删除知识 / Remove an entry",
    request: { params: idParams },
    response: removedSchema,
    errors: UNKNOWN,
    example: { response: { id: 1, removed: true } },
    async handler({ params: { id }, session, context }) {
      await removeKnowledge(context.stores, session.tenantId, id);
      return { id, removed: true };
    },
  }),
];
