import type { RecallKit } from "@recallkit/core";
import type { TemplateInput } from "@recallkit/core/ports";

/** Templates 1 and 2 of a fresh installation, which the examples of the documentation send. */
const SAMPLES: readonly TemplateInput[] = [
  {
    name: "订单通知短信",
    channel: "sms",
    content: { text: "您的订单 {{order_no}} 已发货，请留意查收。" },
    variables: { order_no: { type: "text", maxLength: 40, example: "202401010001" } },
    messageClass: "transactional",
  },
  {
    name: "服务通知邮件",
    channel: "email",
    content: {
      subject: "您的订单有新进展",
      text: "您好，您的订单有新进展，请登录查看。",
      html: "<p>您好，您的订单有新进展，请登录查看。</p>",
    },
    messageClass: "transactional",
  },
];

/** Makes the sample templates, once: an installation that has templates keeps its own. */
export async function makeSampleTemplates({ messages }: Pick<RecallKit, "messages">): Promise<void> {
  if ((await messages.templates.list({ limit: 1 })).items.length > 0) return;
  for (const template of SAMPLES) await messages.templates.create(template);
}
