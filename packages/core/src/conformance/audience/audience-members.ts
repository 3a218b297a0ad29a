import type { AudienceQuery } from "../../audience/audience-query.js";
import type { Scene } from "../conformance-case.js";
import { expectSame, expectThat } from "../expect.js";

/** Ids of an audience, walked in pages of two. Fails when a page is too long or not in order. */
export async function memberIds(
  { stores }: Pick<Scene, "stores">,
  query: AudienceQuery,
  limit = 2,
): Promise<readonly number[]> {
  const ids: number[] = [];
  for (;;) {
    const last = ids.at(-1) ?? 0;
    const page = await stores.audience.page(query, last, limit);
    expectThat(page.length <= limit, "a page is not longer than its limit");
    for (const { customerId } of page) {
      expectThat(customerId > (ids.at(-1) ?? 0), "members come by ascending id, each once");
      ids.push(customerId);
    }
    if (page.length === 0) return ids;
  }
}

/** Fails unless exactly these people are in, by page, by count and one by one. */
export async function expectMembers<K extends string>(
  scene: Pick<Scene, "stores">,
  query: AudienceQuery,
  people: Readonly<Record<K, number>>,
  expected: readonly NoInfer<K>[],
): Promise<void> {
  const { audience } = scene.stores;
  const names = new Map(Object.entries<number>(people).map(([name, id]) => [id, name]));
  const paged = (await memberIds(scene, query)).map((id) => names.get(id) ?? `stranger ${id}`);
  expectSame(paged.toSorted(), expected.toSorted(), "members by page");
  expectSame(await audience.count(query), expected.length, "members by count");
  const long = (await audience.page(query, 0, 10_000, { isRare: true })).map(({ customerId }) => customerId);
  expectSame(
    long.map((id) => names.get(id) ?? `stranger ${id}`),
    paged,
    "members by one long page",
  );
  expectSame((await audience.steps(query)).at(-1), expected.length, "members by the last step");
  const single: string[] = [];
  for (const [id, name] of names) if (await audience.includes(query, id)) single.push(name);
  expectSame(single.toSorted(), expected.toSorted(), "members one by one");
}
