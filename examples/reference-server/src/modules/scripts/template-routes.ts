import { idParams } from "@recallkit/http";
import { serverRoute } from "../../frame/server-module.js";
import { gateOf } from "./desk.js";
import { templateExample } from "./examples.js";
import { createTemplateBody, editTemplateBody, templateSchema, templatesAnswer } from "./schema.js";
import { templateShape } from "./shapes.js";
import { assertTemplate } from "./template-faults.js";
import { addTemplate, listTemplates, putTemplate, templateOf } from "./templates.js";
import { listWords } from "./words.js";

const facts = { tags: ["话术 / Scripts"] } as const;
const UNKNOWN = { 404: { description: "模板不存在 / no such template" } };
const TAKEN = { 409: { description: "已有同名模板 / the name is taken" } };

/** `/api/v1/scripts/templates*`. */
export const scriptTemplateRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/scripts/templates",
    auth: "scripts:read",
    summary: "模板列表 / List templates",
    description: "没有启用的生日模板时，使用内置祝福语。",
    response: templatesAnswer,
    example: { response: { items: [templateExample] } },
    async handler({ context, session }) {
      return { items: (await listTemplates(context.stores, session.tenantId)).map(templateShape) };
    },
  }),
  serverRoute({
    ...facts,
    method: "post",
    path: "/api/v1/scripts/templates",
    auth: "scripts:write",
    status: 201,
    summary: "新建模板 / Make a template",
    description:
      "生日模板须通过审核；推广模板（promotion）须填写《医疗广告审查证明》文号，不含变量，并且只会逐字发送。",
    request: { body: createTemplateBody },
    response: templateSchema,
    errors: TAKEN,
    example: { request: { name: templateExample.name, text: templateExample.text }, response: templateExample },
    async handler({ body, context: { stores, clock }, session: { tenantId, actor } }) {
      const { review_certificate_no: certificate, is_active: isActive, ...rest } = body;
      const template = { ...rest, isActive, reviewCertificateNo: certificate ?? null, createdBy: actor };
      assertTemplate(template, gateOf(await listWords(stores, tenantId)));
      const made = await stores.transaction((tx) => addTemplate(tx, tenantId, template, clock.now()));
      return templateShape(made);
    },
  }),
  serverRoute({
    ...facts,
    method: "patch",
    path: "/api/v1/scripts/templates/:id",
    auth: "scripts:write",
    summary: "修改或停用模板 / Change a template, or take it out of use",
    request: { params: idParams, body: editTemplateBody },
    response: templateSchema,
    errors: { ...UNKNOWN, ...TAKEN },
    example: { request: { is_active: false }, response: { ...templateExample, is_active: false } },
    async handler({ params, body, context: { stores, clock }, session: { tenantId } }) {
      const gate = gateOf(await listWords(stores, tenantId));
      const changed = await stores.transaction(async (tx) => {
        const before = await templateOf(tx, tenantId, params.id);
        const certificate = body.review_certificate_no;
        const after = {
          ...{ ...before, name: body.name ?? before.name, text: body.text ?? before.text },
          isActive: body.is_active ?? before.isActive,
          reviewCertificateNo: certificate === undefined ? before.reviewCertificateNo : certificate,
        };
        // What is taken out of use need not pass any more.
        if (after.isActive) assertTemplate(after, gate);
        return putTemplate(tx, tenantId, after, clock.now());
      });
      return templateShape(changed);
    },
  }),
];
