import * as z from "zod";
import { serverRoute } from "../../../frame/server-module.js";
import { lineField } from "../fields.js";
import { merchantOf } from "../merchant.js";
import { taskExample, taskSchema } from "../tasks/schema.js";
import { taskShape } from "../tasks/shape.js";
import { taskOfAudience } from "./audience-task.js";

const labels = z.partialRecord(
  z.enum(["city", "store", "category", "brand", "sku", "call", "service"]),
  z.array(z.string().min(1).max(255)).max(1000),
);

const audienceBody = z
  .strictObject({
    task_name: lineField(1),
    segment: z
      .strictObject({
        lapse: z.strictObject({ min_days: z.int().min(0).max(3650), max_days: z.int().min(0).max(3650) }).optional(),
        labels: labels.optional().describe("call：interested、reached、tag:名称=值 / what earlier calls came to"),
        label_mode: z.enum(["any", "grouped", "all"]).optional(),
      })
      .optional()
      .describe("与推送规则相同的人群条件 / the same conditions as of a push"),
    rule_id: z.int().min(1).optional().describe("推送规则的人群 / the audience of a push"),
  })
  .refine(({ segment, rule_id: rule }) => (segment === undefined) !== (rule === undefined), {
    path: ["segment"],
    params: { zh: "segment 和 rule_id 填写其中一项", en: "one of segment and rule_id is needed" },
  });

/** From recall to calls: an audience becomes a task. */
export const recallRoutes = [
  serverRoute({
    tags: ["外呼任务 / Dial tasks"],
    method: "post",
    path: "/api/tasks/from-audience",
    auth: "leads:write",
    status: 201,
    summary: "由人群创建外呼任务 / Make a dial task of an audience",
    description: "取当前符合条件且有手机号的客户，建立数据包与任务；免打扰的不拨打。",
    request: { body: audienceBody },
    response: z.strictObject({
      task: taskSchema,
      members: z.int().describe("符合条件的人数 / people who are meant"),
      unreachable: z.int().describe("没有手机号 / without a mobile number"),
      inserted: z.int(),
      duplicates: z.int(),
      suppressed: z.int(),
    }),
    errors: { 404: { description: "规则不存在 / no such rule" } },
    example: {
      request: { task_name: "有意向未购回访", segment: { labels: { call: ["interested"] } } },
      response: { task: taskExample, members: 120, unreachable: 20, inserted: 100, duplicates: 0, suppressed: 3 },
    },
    async handler({ body: { task_name: name, segment, rule_id: ruleId }, ...call }) {
      const merchant = await merchantOf(call);
      const { lapse, labels: told, label_mode: labelMode } = segment ?? {};
      const given = {
        ...(lapse && { lapse: { minDays: lapse.min_days, maxDays: lapse.max_days } }),
        ...(told && { labels: told }),
        ...(labelMode && { labelMode }),
      };
      const { rules } = call.context.kit.forTenant(merchant.tenantId);
      const source = ruleId === undefined ? { segment: given } : await rules.get(ruleId);
      const { task, ...counts } = await taskOfAudience(merchant, source, { name });
      return { task: taskShape(task), ...counts };
    },
  }),
];
