import { describe, expect, test } from "vitest";
import type { ConsentWord } from "./consent.js";
import type { ContactMessage } from "./contact-moment.js";
import { momentOf } from "./contact-moment.js";
import { gateReason, gatesFor } from "./contact-policy.js";
import { CONTACT_REASONS, snapshotReason } from "./contact-reason.js";
import { DEFAULT_FREQUENCY_CAPS, NO_CAPS } from "./frequency-cap.js";

const message: ContactMessage = {
  messageClass: "marketing",
  kind: "slot",
  timeZone: "Asia/Shanghai",
  caps: DEFAULT_FREQUENCY_CAPS,
  needsConsent: false,
  window: null,
  spendLimit: undefined,
  receiveQuota: undefined,
  isRepeat: false,
};
const now = Date.UTC(2026, 5, 1, 2);
const person = {
  customerId: 1,
  externalKey: "c1",
  timeZone: null,
  address: "wm_1",
  suppressions: [],
  consents: [],
  charges: [],
  received: [],
};

describe("the gates", () => {
  const asked = (part: Partial<ContactMessage>) => gatesFor({ ...message, ...part }).map(({ reason }) => reason);

  test("are asked in one order, the caps last", () => {
    expect(asked({})).toEqual(["opt_out", "not_a_friend", "blocklist", "open_ticket", "frequency_cap"]);
  });

  test("leave the caps out for transactional messages, tests, repeats, and where there are none", () => {
    const others: readonly Partial<ContactMessage>[] = [
      { messageClass: "transactional" },
      { kind: "test" },
      { isRepeat: true },
      { caps: NO_CAPS },
    ];
    const withoutCaps = ["opt_out", "not_a_friend", "blocklist", "open_ticket"];
    for (const part of others) {
      const isMarketing = part.messageClass !== "transactional";
      expect(asked(part)).toEqual(withoutCaps.filter((reason) => isMarketing || reason !== "open_ticket"));
    }
  });

  test("ask for a consent right after the opt-out, where it is needed", () => {
    expect(asked({ needsConsent: true }).slice(0, 2)).toEqual(["opt_out", "no_consent"]);
    const moment = momentOf({ ...message, needsConsent: true }, now);
    const withWords = (...consents: readonly ConsentWord[]) => gateReason({ ...person, consents }, moment);
    expect(withWords()).toBe("no_consent");
    expect(withWords({ status: "granted", at: 5 })).toBeNull();
    expect(withWords({ status: "granted", at: 5 }, { status: "withdrawn", at: 4 })).toBeNull();
    expect(withWords({ status: "withdrawn", at: 5 }, { status: "granted", at: 5 })).toBe("no_consent");
    expect(withWords({ status: "withdrawn", at: 6 }, { status: "granted", at: 5 })).toBe("no_consent");
  });

  test("give one reason, the first", () => {
    const moment = momentOf(message, now);
    const reasons = (suppressions: readonly string[], charges: readonly number[]) =>
      gateReason({ ...person, suppressions, charges }, moment);
    expect(reasons([], [])).toBeNull();
    expect(reasons(["投诉", "not_a_friend", "opt_out"], [now])).toBe("opt_out");
    expect(reasons(["投诉", "not_a_friend"], [now])).toBe("not_a_friend");
    expect(reasons(["open_ticket", "投诉"], [now])).toBe("blocklist");
    expect(reasons(["open_ticket"], [now])).toBe("open_ticket");
    expect(reasons([], [now - 48 * 3_600_000])).toBeNull();
    expect(reasons([], [now - 48 * 3_600_000 + 1])).toBe("frequency_cap");
    expect(gateReason({ ...person, charges: [now] }, momentOf({ ...message, isRepeat: true }, now))).toBeNull();
  });
});

test("every reason is in the list once, in the order in which it is asked for, with a line in both languages", () => {
  expect(CONTACT_REASONS.map(({ reason, decided }) => `${decided} ${reason}`)).toEqual([
    "snapshot no_address",
    "snapshot duplicate_contact",
    "call no_sender",
    "call quiet_hours_expired",
    "call opt_out",
    "call no_consent",
    "call not_a_friend",
    "call blocklist",
    "call open_ticket",
    "call frequency_cap",
    "call provider_quota",
    "call spend_limit",
  ]);
  for (const { en, zh } of CONTACT_REASONS) expect([en, zh].every((line) => line.length > 0)).toBe(true);
  expect([snapshotReason(null, false), snapshotReason("a", true), snapshotReason("a", false)]).toEqual([
    "no_address",
    "duplicate_contact",
    null,
  ]);
});
