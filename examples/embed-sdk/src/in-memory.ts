import { createRecallKit } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import { recordingChannel, virtualClock } from "@recallkit/core/testing";

const clock = virtualClock(Date.parse("2026-03-16T09:59:00+08:00")); // a Monday; time moves when we say so
const channel = recordingChannel({ clock, name: "wecom" }); // reaches nobody and remembers everything
const secretKey = "for-this-example-only-0123456789abcdef";
const kit = createRecallKit({ stores: memoryStores(), channels: [channel], clock, secretKey });

await kit.customers.upsert([{ externalKey: "mimi", name: "咪咪", externalUserId: "wm-mimi" }]);
await kit.orders.ingest([{ externalId: "1", externalKey: "mimi", orderedAt: "2026-02-10 20:00", amount: 99 }]);
const rule = await kit.rules.create({
  name: "45天未购买用户召回",
  segment: { lapse: { minDays: 30, maxDays: 45 } },
  slots: [{ weekday: 1, time: "10:00" }],
  validFrom: "2026-01-01",
  validTo: "2026-12-31",
  content: { text: "{{date}} 喵～好久不见" },
});

for (const minute of ["09:59", "10:00", "10:01"]) {
  await kit.tick();
  const { accepted, delivered } = await kit.report(rule.id);
  console.log(`${minute}: accepted ${accepted}, delivered ${delivered}`);
  await clock.advance(60_000);
}
console.log(channel.sent[0]?.recipients.map(({ address }) => address).join(), "|", channel.sent[0]?.content.text);
await kit.close();
