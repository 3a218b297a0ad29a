import { describe, expect, test } from "vitest";
import { compose } from "./compose.js";
import { PROBLEM } from "./envelope.js";
import type { Module } from "./module.js";
import { noteModule } from "./testing/note-module.js";

const notes: Module = noteModule();
const [route] = notes.routes ?? [];

describe("modules that contradict each other are refused, by name", () => {
  const text = { zh: "一", en: "one" };
  test.each<[string, readonly Module[], string]>([
    ["one module twice", [notes, notes], '"notes" is listed twice'],
    ["a permission", [notes, { name: "b", permissions: { "notes:read": { summary: "" } } }], 'permission "notes:read"'],
    ["a route", [notes, { name: "b", routes: route ? [route] : [] }], 'route "POST /notes"'],
    [
      "a route with another name of its part",
      [
        notes,
        { name: "b", routes: [{ ...(route as NonNullable<typeof route>), method: "get", path: "/Notes/:other" }] },
      ],
      'route "GET /notes/:"',
    ],
    [
      "a text",
      [
        { name: "a", texts: { "x.y": text } },
        { name: "b", texts: { "x.y": text } },
      ],
      'text "x.y"',
    ],
    ["a text of ours", [{ name: "a", texts: { "http.not-found": text } }], '"@recallkit/http" and "a"'],
    ["a tag", [notes, { name: "b", tags: { Notes: "" } }], 'tag "Notes"'],
    [
      "an envelope",
      [
        { name: "a", envelopes: { x: PROBLEM } },
        { name: "b", envelopes: { x: PROBLEM } },
      ],
      'envelope "x"',
    ],
    ["a permission that nobody declares", [{ name: "a", routes: route ? [route] : [] }], 'asks for "notes:write"'],
  ])("%s", (_, modules, reason) => {
    expect(() => compose(modules)).toThrow(
      expect.objectContaining({ code: "config.invalid", option: "modules", message: expect.stringContaining(reason) }),
    );
  });
});

test("a module is one entry of a list: routes, texts and permissions follow", () => {
  const { routes, permissions, owns, find } = compose([notes]);
  expect([...permissions]).toEqual(["notes:read", "notes:write"]);
  expect(routes).toHaveLength((notes.routes ?? []).length);
  expect([owns("/notes/1"), owns("/other")]).toEqual([true, false]);
  expect(find("/notes/7")?.params).toEqual({ id: "7" });
  expect(find("/notes/7/8")).toBeUndefined();
  // A fixed path goes before a pattern that fits it as well.
  expect([...(find("/notes/bytes")?.methods.keys() ?? [])]).toEqual(["post"]);
});

test("of two patterns that fit, the one with more that is fixed in front is meant, in whatever order they are given", () => {
  const at = (path: string) => ({ ...(route as NonNullable<typeof route>), auth: "public", path });
  const paths = ["/a/:x/:y", "/a/b/:y", "/a/:x/c", "/a/b/:y/:z"];
  for (const order of [paths, paths.toReversed()]) {
    const { find } = compose([{ name: "a", routes: order.map(at) }]);
    const meant = ["/a/b/1", "/a/2/c", "/a/2/3", "/a/b/1/2"].map((path) => find(path)?.methods.get("post")?.path);
    expect(meant).toEqual(["/a/b/:y", "/a/:x/c", "/a/:x/:y", "/a/b/:y/:z"]);
  }
});
