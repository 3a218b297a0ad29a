import { describe, expect, test } from "vitest";
import { recipientsAt } from "./recipients.js";
import { recordingChannel } from "./recording-channel.js";
import { seededRandom, sequentialIds } from "./seeded.js";
import { virtualClock } from "./virtual-clock.js";

const said = { marker: "abcdefgh2345", content: { text: "喵" } };
const batch = { tenantId: 1, ...said, recipients: recipientsAt(["a", "b"], said) };
const { signal } = new AbortController();

describe("a recording channel", () => {
  test("remembers what it was given, finds it by its marker and reports it", async () => {
    const clock = virtualClock(1000);
    const channel = recordingChannel({ clock, refuse: (address) => address === "b" });
    expect(await channel.send(batch, { writeBy: 0, signal })).toEqual([
      { kind: "accepted", providerMessageId: "recording-1" },
      { kind: "refused", reason: "refused_by_provider" },
    ]);
    expect(channel.sent).toMatchObject([{ ...batch, sentAt: 1000 }]);
    const query = { ...said, recipients: [] };
    const found = await channel.lookUp?.({ ...query, from: 0, to: 1000 }, { signal });
    expect(found).toEqual([{ providerMessageId: "recording-1", createdAt: 1000 }]);
    expect(await channel.lookUp?.({ ...query, from: 1001, to: 2000 }, { signal })).toEqual([]);
    const reports = [];
    for await (const page of channel.results?.(["recording-1"], { signal }) ?? []) reports.push(...page);
    expect(reports).toEqual([{ address: "a", kind: "delivered", at: 1000 }]);
  });

  test("gives everybody a message of their own when it is personal", async () => {
    const clock = virtualClock(1000);
    const channel = recordingChannel({ clock, personal: true, maxBatchSize: 2, refuse: (address) => address === "b" });
    expect(await channel.send(batch, { writeBy: 0, signal })).toMatchObject([
      { kind: "accepted", providerMessageId: "recording-1" },
      { kind: "refused" },
    ]);
    const query = { ...said, recipients: batch.recipients, from: 0, to: 1000 };
    expect(await channel.lookUp?.(query, { signal })).toMatchObject([{ address: "a" }]);
    expect(await channel.lookUp?.({ ...query, recipients: [] }, { signal })).toEqual([]);
  });

  test("keeps to the deadline, to an abort and to its size", async () => {
    const clock = virtualClock(0);
    const channel = recordingChannel({ clock, maxBatchSize: 1 });
    await clock.advance(5);
    const tooLate = { effect: "NOT_SENT", retryable: true };
    await expect(channel.send(batch, { writeBy: 4, signal })).rejects.toMatchObject(tooLate);
    await expect(channel.send(batch, { writeBy: 9, signal: AbortSignal.abort() })).rejects.toMatchObject(tooLate);
    await expect(channel.send(batch, { writeBy: 5, signal })).rejects.toMatchObject({ effect: "REQUEST" });
    expect(channel.sent).toEqual([]);
  });
});

test("seeded chance repeats itself, within its range", () => {
  const [a, b, other] = [seededRandom(1), seededRandom(1), seededRandom(2)];
  const numbers = Array.from({ length: 1000 }, () => a.next());
  expect(Array.from({ length: 1000 }, () => b.next())).toEqual(numbers);
  expect(other.next()).not.toBe(numbers[0]);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(a.bytes(16)).toEqual(b.bytes(16));
});

test("ids count up", () => {
  const ids = sequentialIds("batch");
  expect([ids.next(), ids.next()]).toEqual(["batch-1", "batch-2"]);
});
