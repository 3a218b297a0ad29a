import { expect, test } from "vitest";
import { DAY, HOUR, pushRig } from "../testing/push-rig.js";

/** What nobody has set. */
const REST = { quietHours: { sms: { from: "08:00", to: "20:00" } }, spend: "off" } as const;

test("a tenant has the installation's caps until it sets its own, part by part", async () => {
  const { kit } = await pushRig({ caps: { maxPerWeek: 5 } });
  const installation = { maxPerDay: 1, maxPerWeek: 5, minGapHours: 48 };
  expect(await kit.contactPolicy.get()).toEqual({ caps: installation, consent: "off", ...REST });
  expect(await kit.contactPolicy.set({ caps: { maxPerDay: 2, minGapHours: 0 } })).toEqual({
    caps: { maxPerDay: 2, maxPerWeek: 5, minGapHours: 0 },
    consent: "off",
    ...REST,
  });
  expect(await kit.contactPolicy.set({ caps: "off" })).toEqual({ caps: "off", consent: "off", ...REST });
  expect(await kit.contactPolicy.get()).toEqual({ caps: "off", consent: "off", ...REST });
  expect(await kit.contactPolicy.set({ caps: "default" })).toEqual({ caps: installation, consent: "off", ...REST });
  const other = await kit.tenants.create({ name: "二店" });
  await kit.contactPolicy.set({ caps: "off" });
  expect(await kit.forTenant(other.id).contactPolicy.get()).toEqual({ caps: installation, consent: "off", ...REST });
});

test("parts that are left out stay as they are", async () => {
  const { kit } = await pushRig();
  await kit.contactPolicy.set({ consent: { channels: ["sms"] } });
  expect(await kit.contactPolicy.set({ caps: "off" })).toEqual({
    caps: "off",
    consent: { channels: ["sms"] },
    ...REST,
  });
  expect(await kit.contactPolicy.set({ consent: "required" })).toEqual({ caps: "off", consent: "required", ...REST });
  expect(await kit.contactPolicy.set({})).toEqual({ caps: "off", consent: "required", ...REST });
});

test("what can't be is refused, every fault at once", async () => {
  const { kit } = await pushRig();
  const wrong = { caps: { maxPerDay: 0, maxPerWeek: 1.5, minGapHours: -1 } };
  await expect(kit.contactPolicy.set(wrong)).rejects.toMatchObject({
    issues: [{ path: "caps.maxPerDay" }, { path: "caps.maxPerWeek" }, { path: "caps.minGapHours" }],
  });
  await expect(kit.forTenant(9).contactPolicy.set({ caps: "off" })).rejects.toMatchObject({ code: "tenant.not-found" });
  await expect(
    kit.simulate({
      name: "r",
      segment: { everybody: true },
      validFrom: "2026-01-01",
      validTo: "2026-12-31",
      content: { text: "喵" },
      caps: { maxPerDay: 0 },
    }),
  ).rejects.toMatchObject({ issues: [{ path: "caps.maxPerDay" }] });
});

test("a tenant's caps hold from the next batch on", async () => {
  const { kit, push, people, clock } = await pushRig({ people: 1 });
  await push();
  const next = async () => {
    await clock.advance(HOUR);
    return people(await push());
  };
  expect(await next()).toEqual(["suppressed: frequency_cap"]);
  await kit.contactPolicy.set({ caps: { maxPerDay: 2, minGapHours: 1 } });
  expect(await next()).toEqual(["accepted"]);
  expect(await next()).toEqual(["suppressed: frequency_cap"]);
  await kit.contactPolicy.set({ caps: "off" });
  expect(await next()).toEqual(["accepted"]);
});

test("a rule's caps only make them stricter", async () => {
  const { kit, push, people, clock, input } = await pushRig({
    people: 1,
    caps: { maxPerDay: 2, maxPerWeek: 9, minGapHours: 0 },
  });
  const strict = await kit.rules.create({ ...input, name: "strict", caps: { maxPerWeek: 1 } });
  const loose = await kit.rules.create({ ...input, name: "loose", caps: { maxPerDay: 9, maxPerWeek: 99 } });
  expect(await people(await push())).toEqual(["accepted"]);
  await clock.advance(HOUR);
  expect(await people(await push(strict.id))).toEqual(["suppressed: frequency_cap"]);
  expect(await people(await push(loose.id))).toEqual(["accepted"]);
  await clock.advance(HOUR);
  expect(await people(await push(loose.id))).toEqual(["suppressed: frequency_cap"]);
  await clock.advance(8 * DAY);
  expect(await people(await push(strict.id))).toEqual(["accepted"]);
});
