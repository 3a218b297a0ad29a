import type { Attempt, Delivery } from "../delivery/delivery.js";
import { isListedKind, type OccurrenceKind } from "../delivery/states.js";
import type { DeliveryHistory } from "../ports/delivery-store.js";
import type { Stores } from "../ports/stores.js";
import type { MessageContent } from "../rule/content.js";
import { onChannel } from "../rule/fall-back-order.js";
import { placeholdersOf, renderContent, sharedValues, type Values, variablesIn } from "../rule/render.js";

/** A call of the provider for a person's batch. */
export type AttemptStory = Pick<Attempt, "id" | "number" | "startedAt" | "endedAt" | "class" | "answer">;

/** One delivery with all that is known about it. */
export interface PushStory extends Delivery {
  /** Name of the rule when it fired. */
  readonly ruleName: string;
  /** Version of the rule that it fired from. */
  readonly ruleVersion: number;
  /** How it came to fire. */
  readonly occurrenceKind: OccurrenceKind;
  /** `YYYY-MM-DDTHH:mm` of a slot, or the request id of an order to run. */
  readonly nominal: string;
  /** When it was due, epoch ms. */
  readonly dueAt: number;
  /** Instant at which the audience was taken; null: not yet. */
  readonly asOf: number | null;
  /** Number of the batch within the firing; null: the person is in none. */
  readonly batchNumber: number | null;
  /** Kept hash of what everybody's message of the batch had alike; null: nothing was sent. */
  readonly contentHash: string | null;
  /**
   * What the person's message says, as it was sent; links and their codes stand as `{{recall_link}}`, since they are the
   * person's secret. Null: no call was made for the person.
   */
  readonly content: MessageContent | null;
  /** Calls of the provider, by number. */
  readonly attempts: readonly AttemptStory[];
}

/** Deliveries with what belongs to them, by id: a fixed number of statements, and one more for each list that is sent as one text. */
export async function pushStories(
  stores: Stores,
  tenantId: number,
  deliveries: readonly Delivery[],
): Promise<ReadonlyMap<number, PushStory>> {
  if (deliveries.length === 0) return new Map();
  const ids = deliveries.map(({ id }) => id);
  const histories = new Map(
    (await stores.deliveries.histories(tenantId, ids)).map((history) => [history.deliveryId, history]),
  );
  const merchant = (await stores.tenants.get(tenantId))?.name ?? "";
  const lists = new Map<number, Values>();
  for (const { occurrence, values, attempts } of histories.values()) {
    if (!isListedKind(occurrence.kind) || values !== null || attempts.length === 0 || lists.has(occurrence.id))
      continue;
    const [first] = await stores.occurrences.valuesOf(tenantId, occurrence.id, "first");
    lists.set(occurrence.id, first?.values ?? {});
  }
  return new Map(
    deliveries.flatMap((delivery): readonly [number, PushStory][] => {
      const history = histories.get(delivery.id);
      return history ? [[delivery.id, storyOf(delivery, history, merchant, lists.get(history.occurrence.id))]] : [];
    }),
  );
}

function storyOf(delivery: Delivery, history: DeliveryHistory, merchant: string, listed: Values = {}): PushStory {
  const { occurrence, batch, attempts } = history;
  const definition = onChannel(history.definition, delivery.channel);
  const attempted = attempts.length > 0;
  return {
    ...delivery,
    ruleName: definition.name,
    ruleVersion: occurrence.ruleVersion,
    occurrenceKind: occurrence.kind,
    nominal: occurrence.nominal,
    dueAt: occurrence.dueAt,
    asOf: occurrence.asOf,
    batchNumber: batch?.number ?? null,
    contentHash: batch?.contentHash ?? null,
    content: attempted
      ? renderContent(definition.content, {
          ...placeholdersOf([...variablesIn(definition.content)]),
          ...sharedValues(definition, occurrence, merchant),
          ...listed,
          ...history.values,
        })
      : null,
    attempts: attempts.map(({ id, number, startedAt, endedAt, class: effect, answer }) => {
      return { id, number, startedAt, endedAt, class: effect, answer };
    }),
  };
}
