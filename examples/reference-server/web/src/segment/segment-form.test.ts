import { expect, test } from "vitest";
import { definitionOf, emptySegment, formOfSegment, parsedDefinition } from "./segment-form";

test("a form and its definition say the same, whatever the order of fields", () => {
  const definition = { orders: { count: { min: 3 } }, lapse: { maxDays: 45, minDays: 30 }, labels: { city: ["上海"] } };
  const form = formOfSegment(definition);
  expect(form).toMatchObject({ minDays: 30, maxDays: 45, leastOrders: 3, labels: { city: ["上海"], brand: [] } });
  expect(form && definitionOf(form)).toEqual(definition);
  expect(definitionOf(emptySegment())).toEqual({});
  // As the server gives it back.
  const filled = {
    ...definition,
    lapse: { ...definition.lapse, recency: "last-order" },
    labelMode: "any",
    everybody: false,
  };
  expect(formOfSegment(filled)).toEqual(form);
});

test.each([
  { any: [{ lapse: { minDays: 1, maxDays: 2 } }] },
  { lapse: { minDays: 1, maxDays: 2, recency: "any-order" } },
  { labels: { city: ["上海"], call: ["x"] } },
  { orders: { count: { min: 1, max: 2 } } },
  { everybody: true },
])("what the form can't say stays JSON: %j", (definition) => {
  expect(formOfSegment(definition)).toBeUndefined();
});

test("a text that is no object is no definition", () => {
  expect(parsedDefinition("[1]")).toBeUndefined();
  expect(parsedDefinition("{")).toBeUndefined();
  expect(parsedDefinition('{"saved":7}')).toEqual({ saved: 7 });
});
