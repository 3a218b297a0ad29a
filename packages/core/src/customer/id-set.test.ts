import fc from "fast-check";
import { expect, test } from "vitest";
import { IdSet } from "./id-set.js";

test("a set of ids holds what a Set holds, each once", () => {
  const ids = fc.array(fc.oneof(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })));
  fc.assert(
    fc.property(ids, fc.nat(100), (added, other) => {
      const [set, model] = [new IdSet(), new Set(added)];
      for (const id of added) set.add(id);
      expect(set.size).toBe(model.size);
      for (const id of [...added, other, 31, 32, 32_767, 32_768]) expect(set.has(id)).toBe(model.has(id));
    }),
    { seed: 6 },
  );
});
