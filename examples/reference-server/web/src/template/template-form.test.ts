import { expect, test } from "vitest";
import { bodyOf, emptyTemplate, formOfTemplate, moreOf, variablesIn } from "./template-form";
import type { Template } from "./templates";

const template: Template = {
  ...{ id: 1, name: "发货", channel: "email", status: "active", version: 3, message_class: "transactional" },
  content: { subject: "{{no}}", text: "订单 {{no}}，{{ name }}", html: "<p>{{no}}</p>", replyTo: "a@example.com" },
  variables: {
    no: { type: "text", max_length: 40, is_multiline: false, example: "A1" },
    name: { type: "text", max_length: 9, is_multiline: true, default: "您" },
  },
  ...{ category: "news", provider_template_id: null, layout_id: 4, is_layout: false, expire_after_ms: 60_000 },
  ...{ on_unknown: "resend", created_at: 0, updated_at: 0 },
};

test("a template that is edited keeps what the form does not show", () => {
  const body = bodyOf(formOfTemplate(template), template);
  expect(body).toMatchObject({ content: template.content, category: "news", layout_id: 4, on_unknown: "resend" });
  expect(body.variables).toMatchObject({
    no: { max_length: 40, example: "A1" },
    name: { is_multiline: true, default: "您" },
  });
});

test("variables are those of the text, each once", () => {
  const form = { ...emptyTemplate(), text: "{{b}} {{a}} {{b}} {{ c.d }} {no}" };
  expect(variablesIn(form)).toEqual(["b", "a", "c.d"]);
  expect(Object.keys(bodyOf(form).variables ?? {})).toEqual(["b", "a", "c.d"]);
  expect(bodyOf({ ...form, subject: "x" }).content).not.toHaveProperty("subject");
});

test("a text that is no object is no further content", () => {
  expect([moreOf("[]"), moreOf("{"), moreOf(" ")]).toEqual([undefined, undefined, {}]);
});
