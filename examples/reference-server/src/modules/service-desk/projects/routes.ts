import { idParams } from "@recallkit/http";
import { serverRoute } from "../../../frame/server-module.js";
import { deskFor, settled } from "../answers.js";
import { minorIn } from "../fields.js";
import { refused } from "../refusals.js";
import { editProject, moveProject, recordProject } from "./project.js";
import {
  createProjectBody,
  editProjectBody,
  historyShape,
  moveProjectBody,
  projectExample,
  projectHistoryExample,
  projectHistorySchema,
  projectSchema,
  projectShape,
  projectsPage,
  projectsQuery,
} from "./schema.js";
import { findProject, historyOf, listProjects, projectOf } from "./store.js";

const facts = { tags: ["项目 / Projects"] } as const;
const UNKNOWN = { 404: { description: "项目不存在 / no such project" } };
const STALE = {
  ...UNKNOWN,
  409: { description: "已被他人修改，或阶段不能这样改变 / changed meanwhile, or no such step" },
};

/** `/api/projects`. */
export const projectRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/projects",
    auth: "desk:read",
    summary: "查询项目列表 / List projects",
    description: "客户只看到自己的项目，员工只看到绑定客户的与自己负责的，管理员看到全部。",
    request: { query: projectsQuery },
    response: projectsPage,
    example: { response: { items: [projectExample], total: 1, page: 1, page_size: 50 } },
    async handler({ query, ...call }) {
      const { desk, access } = await deskFor(call);
      const { items, ...page } = await listProjects(desk, access, query);
      return { items: items.map((project) => projectShape(project, desk.currency)), ...page };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/projects",
    auth: "desk:work",
    status: 201,
    summary: "记录售前项目 / Record a project",
    description: "从售前开始；无人跟进的客户归记录的员工。",
    request: { body: createProjectBody },
    response: projectSchema,
    errors: { 404: { description: "客户不存在 / no such customer" } },
    example: { request: { customer_id: 7, name: "门店收银系统", value: 12_800 }, response: projectExample },
    async handler({ body, ...call }) {
      const { desk, access } = await deskFor(call);
      const { customer_id: customerId, owner_id, expected_on, value = 0, ...rest } = body;
      const input = {
        ...{ customerId, name: rest.name, valueMinor: minorIn(value, desk.currency, "value") },
        ...(owner_id !== undefined && { ownerId: owner_id }),
        ...(expected_on !== undefined && { expectedOn: expected_on }),
        ...(rest.source !== undefined && { source: rest.source }),
        ...(rest.note !== undefined && { note: rest.note }),
      };
      return projectShape(settled(await recordProject(desk, access, input)), desk.currency);
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/projects/:id",
    auth: "desk:read",
    summary: "项目详情 / Read a project",
    request: { params: idParams },
    response: projectSchema,
    errors: UNKNOWN,
    example: { response: projectExample },
    async handler({ params, ...call }) {
      const { desk, access } = await deskFor(call);
      const row = await findProject(desk, access, params.id);
      return row ? projectShape(projectOf(row), desk.currency) : settled(refused("project.not-found"));
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/projects/:id/history",
    auth: "desk:read",
    summary: "项目历史 / How a project came to stand where it does",
    request: { params: idParams },
    response: projectHistorySchema,
    errors: UNKNOWN,
    example: { response: { items: [projectHistoryExample] } },
    async handler({ params, ...call }) {
      const { desk, access } = await deskFor(call);
      if (!(await findProject(desk, access, params.id))) return settled(refused("project.not-found"));
      return { items: (await historyOf(desk, params.id)).map((row) => historyShape(row, desk.currency)) };
    },
  }),
  serverRoute({
    ...facts,
    method: "put",
    path: "/api/projects/:id",
    auth: "desk:work",
    summary: "更新项目 / Change a project",
    request: { params: idParams, body: editProjectBody },
    response: projectSchema,
    errors: STALE,
    example: { request: { version: 1, value: 15_000 }, response: { ...projectExample, value: 15_000, version: 2 } },
    async handler({ params, body, ...call }) {
      const { desk, access } = await deskFor(call);
      const { owner_id: ownerId, expected_on: expectedOn, value, ...rest } = body;
      const valueMinor = value === undefined ? undefined : minorIn(value, desk.currency, "value");
      const patch = { ...rest, ownerId, expectedOn, valueMinor };
      return projectShape(settled(await editProject(desk, access, params.id, patch)), desk.currency);
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/projects/:id/stage",
    auth: "desk:work",
    summary: "改变项目阶段 / Move a project to another stage",
    description: "售前 → 售中 → 售后 → 结束；售前、售中可丢单；丢单可回到售前，结束可回到售后。",
    request: { params: idParams, body: moveProjectBody },
    response: projectSchema,
    errors: STALE,
    example: {
      request: { stage: "in_sales" },
      response: { ...projectExample, stage: "in_sales" as const, version: 2 },
    },
    async handler({ params, body, ...call }) {
      const { desk, access } = await deskFor(call);
      return projectShape(settled(await moveProject(desk, access, params.id, body)), desk.currency);
    },
  }),
];
