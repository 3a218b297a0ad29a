import { expect, test } from "vitest";
import { renderScript, scriptVariables } from "./render-script.js";
import { templateWriter } from "./template-writer.js";

const limits = { maxBytes: 4000 };

test("a value that is missing or empty gives way to its fall-back", () => {
  const text = "{{surname|亲爱的}}{{ title | 您 }}，{{salonName|我们}}祝您生日快乐";
  expect(renderScript(text, { surname: "张", title: "女士", salonName: "小美" })).toBe("张女士，小美祝您生日快乐");
  expect(renderScript(text, { surname: "", title: " " })).toBe("亲爱的您，我们祝您生日快乐");
  expect(renderScript("{{surname}}您好", {})).toBeUndefined();
  expect(scriptVariables(text)).toEqual(["surname", "title", "salonName"]);
});

test("braces in a value are not looked at again, and names of the language are no facts", () => {
  expect(renderScript("{{a}}", { a: "{{b}}", b: "x" })).toBe("{{b}}");
  expect(renderScript("{{constructor|无}}", {})).toBe("无");
});

test("of several texts the seed chooses, whatever their order", async () => {
  const templates = Array.from({ length: 8 }, (_, id) => ({ id, purpose: "birthday", text: `第${id}条` }));
  const ask = { purpose: "birthday", facts: {}, limits };
  const chosen = async (list: typeof templates, seed: string) => {
    const answer = await templateWriter({ templates: list }).write({ ...ask, seed });
    return answer.kind === "written" ? answer.text : answer.reason;
  };
  const seeds = Array.from({ length: 40 }, (_, seed) => String(seed));
  const first = await Promise.all(seeds.map((seed) => chosen(templates, seed)));
  expect(await Promise.all(seeds.map((seed) => chosen(templates.toReversed(), seed)))).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(4);
  expect(await chosen([], "1")).toBe("missing");
});
