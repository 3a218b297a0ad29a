import { describe, expect, test } from "vitest";
import { renderTemplate, unknownVariables, variablesOf } from "./template.js";

describe("a template", () => {
  test("names its variables once, in order of appearance", () => {
    expect(variablesOf("{{b}} {{ a }} {{b}} {{_x1}}")).toEqual(["b", "a", "_x1"]);
  });

  test("leaves alone what is no variable", () => {
    const text = "{a} {{1a}} {{a-b}} {{}} {{ a b }} {{a} }";
    expect(variablesOf(text)).toEqual([]);
    expect(renderTemplate(text, {})).toBe(text);
  });

  test("gets its values, blanks inside the braces or not", () => {
    expect(renderTemplate("{{name}}，{{  name }}！{{shop}}", { name: "喵", shop: "" })).toBe("喵，喵！");
  });

  test("does not look into values again", () => {
    expect(renderTemplate("{{a}}{{b}}", { a: "{{b}}", b: "$& $1 {{a}}" })).toBe("{{b}}$& $1 {{a}}");
  });

  test("fails for a missing value, also one that every object has", () => {
    expect(() => renderTemplate("{{a}}", {})).toThrow(RangeError);
    expect(() => renderTemplate("{{toString}}", {})).toThrow(RangeError);
    expect(() => renderTemplate("{{constructor}}", { a: "1" })).toThrow(RangeError);
  });

  test("tells which names are unknown", () => {
    expect(unknownVariables("{{a}} {{b}} {{a}} {{c}}", ["b"])).toEqual(["a", "c"]);
    expect(unknownVariables("no variable", [])).toEqual([]);
  });
});
