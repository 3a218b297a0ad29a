import type { Clock, Logger, TenantKit } from "@recallkit/core";
import { InputError, NotFoundError } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type GivenConsent, recordConsents } from "./consents.js";
import { type ChannelOrder, ruleOf } from "./content.js";
import { defaultCoupon } from "./default-coupon.js";
import { type PlacedRow, placePeople } from "./people.js";
import { CONTACT_TYPES, type RecallRow, type RowRefusal, readRecallRow } from "./read-rows.js";
import { insertRejects } from "./rejects.js";
import { countTask, insertPart, insertTask } from "./store.js";

/** What a task is made of. */
export interface TaskRequest {
  readonly rows: readonly unknown[];
  readonly name: string | undefined;
  readonly content: string | undefined;
  readonly couponId: number | undefined;
  /** Of everybody on the list who has none of their own. */
  readonly consent: GivenConsent;
  /** Epoch ms; a past one is now. */
  readonly sendAt: number | undefined;
  /** Channels on which people are tried one after the other, by the first on which they have an address. @default that of their contact alone */
  readonly order?: ChannelOrder | undefined;
}

/** What making tasks works with, inside a transaction. */
export interface TaskDesk {
  readonly stores: SqlStores;
  readonly kit: TenantKit;
  readonly clock: Clock;
  readonly ids: { next(): string };
  readonly logger: Logger;
  readonly actor: string;
}

/** What came of a request. */
export interface TaskMade {
  /** Null: no row was taken, and there is no task. */
  readonly id: number | null;
  readonly accepted: number;
  readonly rejected: readonly RowRefusal[];
}

/** Texts of one task on a channel that says one text to all. */
const MOST_SHARED_TEXTS = 100;

/** People who get one text by one channel, or one after the other, with one coupon. */
interface Part {
  readonly channels: ChannelOrder["channels"];
  readonly couponId: number | undefined;
  readonly people: PlacedRow[];
}

/**
 * Makes a task of rows; one that is wrong costs no other. The engine sends.
 *
 * @throws {InputError} `coupon_id`, or the content, is unusable. @throws {ConflictError} `links.unconfigured`
 */
export async function createTask(desk: TaskDesk, request: TaskRequest): Promise<TaskMade> {
  const { stores, kit, clock, ids, actor } = desk;
  return stores.transaction(async (tx) => {
    const now = clock.now();
    const dueAt = Math.max(request.sendAt ?? now, now);
    const rejected: RowRefusal[] = [];
    const good: RecallRow[] = [];
    for (const [index, sent] of request.rows.entries()) {
      const read = readRecallRow(sent, index);
      if (!("index" in read)) rejected.push(...read);
      else if (isInOrder(read, request.order)) good.push(read);
      else rejected.push({ index, path: "contact_type", code: "recall-task.not-in-order", message: "" });
    }
    await assertCoupon(kit, request.couponId);
    const usable = await withKnownCoupons(kit, good, rejected);
    const { placed, refused } = await placePeople(tx, kit, usable);
    rejected.push(...refused, ...(await recordConsents(kit, placed, request.consent, request.order?.channels)));
    const unproved = new Set(rejected.map(({ index }) => index));
    const people = placed.filter(({ row }) => !unproved.has(row.index));
    const couponId = people.length > 0 ? (request.couponId ?? (await defaultCoupon(desk, now)).id) : undefined;
    const parts = partsOfTask(people, couponId, request.order, rejected);
    if (parts.length === 0) return { id: null, accepted: 0, rejected: inOrder(rejected) };
    const name = request.name ?? `召回任务 ${new Date(now).toISOString().slice(0, 10)}`;
    const task = { tenantId: kit.tenantId, name, dueAt, resendOf: null, createdBy: actor, createdAt: now };
    const id = await insertTask(tx, ids.next(), task);
    let accepted = 0;
    for (const [number, part] of parts.entries()) {
      const says = { text: request.content, fallBackAfterMs: request.order?.fallBackAfterMs };
      const ruleId = await inTaskTerms(() => ruleOf(tx, kit, { ...part, ...says, now }));
      const { occurrence, rejected: left } = await kit.occurrences.sendList({
        ruleId,
        requestId: `recall-${id}-${number}`,
        dueAt,
        people: part.people.map(({ row, externalKey }) => ({ externalKey, values: valuesOf(row) })),
      });
      for (const { index, code, message } of left) {
        const row = part.people[index]?.row.index ?? 0;
        const isTwice = code === "list.duplicate";
        rejected.push({ index: row, path: "contact", code: isTwice ? "recall-task.duplicate" : code, message });
      }
      const count = part.people.length - new Set(left.map(({ index }) => index)).size;
      accepted += count;
      const [channel] = part.channels;
      const made = {
        number,
        channel,
        couponId: part.couponId ?? null,
        ruleId,
        occurrenceId: occurrence.id,
        people: count,
      };
      await insertPart(tx, { tenantId: kit.tenantId, id }, made);
    }
    const rows = new Set(rejected.map(({ index }) => index)).size;
    await countTask(tx, { tenantId: kit.tenantId, id }, { accepted, rejected: rows });
    await insertRejects(tx, { tenantId: kit.tenantId, id }, inOrder(rejected));
    return { id, accepted, rejected: inOrder(rejected) };
  });
}

function valuesOf({ product, productType }: RecallRow): Record<string, string> {
  return {
    ...(product !== undefined && { product }),
    ...(productType !== undefined && { product_type: productType }),
  };
}

/** Parts of a task: by channel and coupon, and by text where a channel says one text to all. */
function partsOfTask(
  placed: readonly PlacedRow[],
  couponId: number | undefined,
  order: ChannelOrder | undefined,
  rejected: RowRefusal[],
): readonly Part[] {
  const parts = new Map<string, Part>();
  const shared = new Set<string>();
  for (const one of placed) {
    const { row } = one;
    const coupon = row.couponId ?? couponId;
    const channels = order?.channels ?? ([CONTACT_TYPES[row.contactType]] as const);
    const isShared = channels.includes("wecom");
    const key = JSON.stringify([channels, coupon, ...(isShared ? [row.product, row.productType] : [])]);
    const part = parts.get(key) ?? { channels, couponId: coupon, people: [] };
    if (isShared && !parts.has(key) && shared.size === MOST_SHARED_TEXTS) {
      const params = { most: String(MOST_SHARED_TEXTS) };
      rejected.push({ index: row.index, path: "product", code: "recall-task.too-many-texts", message: "", params });
      continue;
    }
    if (isShared) shared.add(key);
    part.people.push(one);
    parts.set(key, part);
  }
  return [...parts.values()];
}

function isInOrder({ contactType }: RecallRow, order: ChannelOrder | undefined): boolean {
  return order === undefined || order.channels.includes(CONTACT_TYPES[contactType]);
}

async function assertCoupon(kit: TenantKit, couponId: number | undefined): Promise<void> {
  if (couponId === undefined || (await isCoupon(kit, couponId))) return;
  throw new InputError([{ path: "coupon_id", code: "coupon.not-found", message: `no coupon ${couponId}` }]);
}

async function withKnownCoupons(
  kit: TenantKit,
  rows: readonly RecallRow[],
  rejected: RowRefusal[],
): Promise<readonly RecallRow[]> {
  const known = new Map<number, boolean>();
  for (const id of new Set(rows.flatMap(({ couponId }) => couponId ?? []))) known.set(id, await isCoupon(kit, id));
  return rows.filter(({ index, couponId }) => {
    if (couponId === undefined || known.get(couponId)) return true;
    rejected.push({ index, path: "coupon_id", code: "coupon.not-found", message: `no coupon ${couponId}` });
    return false;
  });
}

async function isCoupon(kit: TenantKit, couponId: number): Promise<boolean> {
  try {
    await kit.coupons.get(couponId);
    return true;
  } catch (error) {
    if (NotFoundError.is(error)) return false;
    throw error;
  }
}

/** Faults of the rule are faults of the task's content. */
async function inTaskTerms<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!InputError.is(error)) throw error;
    throw new InputError(
      error.issues.map((issue) => ({ ...issue, path: issue.path.replace(/^content\.text$/, "content") })),
    );
  }
}

function inOrder(rejected: readonly RowRefusal[]): readonly RowRefusal[] {
  return rejected.toSorted((a, b) => a.index - b.index);
}
