import type { Batch } from "../../delivery/batch.js";
import { NEXT_CHANNEL, type TrueMessage } from "./provider.js";
import { CONSENT, FAULTS_MS, MINUTE, RESTING, SETTLE_MS, START, type World } from "./world.js";

/** An operator who meddles while there is trouble, and decides in the end. */
export async function operate({
  operator,
  random,
  clock,
  stop,
  trace,
  provider: world,
  personal,
  sms,
}: World): Promise<void> {
  const rules = (await operator.rules.list()).items;
  while (!stop.signal.aborted) {
    await clock.sleep(Math.floor(random.next() * 40 * MINUTE), stop.signal);
    const rule = rules[Math.floor(random.next() * rules.length)];
    const chance = random.next();
    const isTrouble = clock.now() < START + FAULTS_MS;
    if (!rule || stop.signal.aborted) continue;
    if (isTrouble && chance < 0.1) {
      trace.note(`operator pauses: ${rule.id}`);
      await operator.rules.setStatus(rule.id, "paused");
      if (random.next() < 0.3) {
        const { items } = await operator.occurrences.list({ ruleId: rule.id, states: ["paused"] });
        if (items[0]) await operator.occurrences.cancel(items[0].id, { tasks: false }).catch(() => {});
      }
      await clock.sleep(Math.floor(random.next() * 30 * MINUTE), stop.signal);
      await operator.rules.setStatus(rule.id, "active");
    } else if (isTrouble && chance < 0.14) {
      const { items } = await operator.occurrences.list({ ruleId: rule.id, limit: 200 });
      const open = items.filter(({ state }) => !RESTING.has(state));
      const one = open[Math.floor(random.next() * open.length)];
      trace.note(`operator cancels: ${one?.id ?? 0}`);
      if (one) await operator.occurrences.cancel(one.id, { tasks: false }).catch(() => {});
    } else if (isTrouble && chance < 0.3) {
      trace.note("operator suppresses: c1");
      await operator.suppressions.add({ externalKey: "c1", reason: "opt_out" });
    } else if (isTrouble && chance < 0.5) {
      const { id } = await operator.occurrences.runNow(rule.id);
      if (random.next() < 0.1) await operator.occurrences.cancel(id).catch(() => {});
    } else if (sms && chance < 0.9) {
      const externalKey = `c${Math.floor(random.next() * 10)}`;
      const status = random.next() < 0.8 ? "withdrawn" : "granted";
      trace.note(`operator consent ${status}: ${externalKey}`);
      // The tenth may be nobody.
      await operator.consents.record({ ...CONSENT, externalKey, status }).catch(() => {});
    }
    for (const batch of (await operator.batches.list({ states: ["dead"] })).items) {
      if (random.next() < 0.5) await operator.batches.redrive(batch.id).catch(() => {});
    }
    for (const batch of (await operator.batches.list({ states: ["needs_review"] })).items) {
      // Whoever decides before a lost request can no longer be performed, guesses.
      if (random.next() < 0.5 || clock.now() < (batch.attemptedAt ?? 0) + SETTLE_MS) continue;
      const isPersonal = personal || batch.channel === NEXT_CHANNEL;
      // He looks at the provider's own list, and knows.
      const { items } = await operator.deliveries.list({ batchId: batch.id, states: ["needs_review"], limit: 200 });
      const there = items.filter(({ address }) => world.messages.some(isMessageOf(batch, address)));
      if (isPersonal && there.length > 0 && there.length < items.length) {
        const customerIds = there.map(({ customerId }) => customerId);
        trace.note(`operator decides: ${customerIds.length} of ${batch.id}`);
        await operator.batches.decide(batch.id, "accepted", { customerIds }).catch(() => {});
      }
      const isThere = isPersonal
        ? there.length === items.length
        : world.messages.some(({ batchMarker }) => batchMarker === batch.marker);
      const decision = isThere ? "accepted" : random.next() < 0.5 ? "rejected" : "pending";
      trace.note(`operator decides: ${batch.id} ${decision}`);
      await operator.batches.decide(batch.id, decision).catch(() => {});
    }
  }
}

/** Whether a message of the provider is what a batch was to bring to an address. */
function isMessageOf(batch: Batch, address: string | null): (message: TrueMessage) => boolean {
  return ({ batchMarker, addresses }) =>
    batchMarker === batch.marker && address !== null && addresses.includes(address);
}
