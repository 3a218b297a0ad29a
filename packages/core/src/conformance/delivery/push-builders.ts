import type { Batch } from "../../delivery/batch.js";
import type { Delivery } from "../../delivery/delivery.js";
import type { Occurrence } from "../../delivery/occurrence.js";
import type { DeliveryFilter, SnapshotPage } from "../../ports/delivery-store.js";
import type { NewOccurrence } from "../../ports/occurrence-store.js";
import type { Rule } from "../../rule/rule.js";
import { addReachable, everybody } from "../builders.js";
import type { Scene } from "../conformance-case.js";
import { walk } from "../expect.js";
import { addBatch, addRule, addRunning } from "./work-builders.js";

/** A snapshot page over everybody. */
export function snapshotPage(
  scene: Pick<Scene, "tenantId" | "now">,
  occurrence: Occurrence,
  page: Partial<SnapshotPage> = {},
): SnapshotPage {
  return {
    tenantId: scene.tenantId,
    occurrenceId: occurrence.id,
    ruleId: occurrence.ruleId,
    channel: "wecom",
    addressType: "external_userid",
    query: everybody(scene),
    afterId: 0,
    limit: 1000,
    at: scene.now,
    ...page,
  };
}

/** One firing that has reached a batch. */
export interface Push {
  readonly rule: Rule;
  readonly occurrence: Occurrence;
  readonly batch: Batch;
}

/** Rule, running occurrence and one batch with every reachable customer in it. */
export async function addPush(
  scene: Scene,
  name: string,
  options: {
    readonly occurrence?: Partial<NewOccurrence>;
    readonly snapshot?: Partial<SnapshotPage>;
    readonly rule?: Rule;
  } = {},
): Promise<Push> {
  const { stores, tenantId, now } = scene;
  const rule = options.rule ?? (await addRule(scene, name));
  const occurrence = await addRunning(scene, rule.id, { nominal: name, ...options.occurrence });
  const page = snapshotPage(scene, occurrence, options.snapshot);
  const batch = await addBatch(scene, occurrence, { channel: page.channel });
  let afterId = page.afterId;
  for (;;) {
    const { members, lastId } = await stores.deliveries.snapshot({ ...page, afterId });
    if (members < page.limit || lastId <= afterId) break;
    afterId = lastId;
  }
  await stores.deliveries.fillBatch(
    { tenantId, occurrenceId: occurrence.id, channel: page.channel },
    batch.id,
    10_000,
    now,
  );
  return { rule, occurrence, batch };
}

/** All deliveries that a filter names, walked by cursor. */
export function deliveriesOf(
  { stores, tenantId }: Pick<Scene, "stores" | "tenantId">,
  filter: DeliveryFilter = {},
): Promise<readonly Delivery[]> {
  return walk((cursor) => stores.deliveries.list(tenantId, { limit: 200, ...filter, cursor }));
}

/** A push to a few people: keys `c1` …, addresses `wm_c1` … */
export async function pushTo(scene: Scene, people: number): Promise<Push> {
  await addReachable(scene.stores, scene.tenantId, people);
  return addPush(scene, "p1");
}

/** Each delivery as `<customer key> <state>`. */
export function statesOf(rows: readonly Delivery[]): readonly string[] {
  return rows.map(({ externalKey, state }) => `${externalKey} ${state}`);
}
