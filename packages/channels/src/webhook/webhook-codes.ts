import { type CodeRule, halted, type ProviderCode, refused, unknown } from "../call/provider-code.js";

const RFC = "https://www.rfc-editor.org/rfc/rfc9110#section-15";
const SPEC = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md";

const row = (code: string, meaning: string, rule: CodeRule, source = RFC): ProviderCode => ({
  code,
  meaning,
  rule,
  source,
});

/** What a receiver's status says; any 2xx means that it has the message. The first line that fits holds. */
export const WEBHOOK_STATUSES: readonly ProviderCode[] = [
  row("400", "the receiver does not understand the message", halted("REQUEST")),
  row(
    "401",
    "the signature was refused",
    halted("AUTH", "both sides need the same secret, and clocks that agree"),
    SPEC,
  ),
  row("403", "the receiver does not let us in", halted("AUTH")),
  row("408", "the receiver waited too long for our request; it may have it", unknown),
  row("410", "the receiver wants no more messages", halted("CONFIG"), SPEC),
  row("413", "the message is too large for the receiver", halted("REQUEST")),
  row("422", "the receiver can't reach this person", refused("rejected_by_receiver")),
  row("429", "too many messages in too short a time", halted("RATE_LIMITED"), SPEC),
  row("3xx", "redirects are not followed", halted("CONFIG", "give the last address"), SPEC),
  row("4xx", "the address is wrong", halted("CONFIG")),
  row("5xx", "a fault inside the receiver; it may have the message", unknown),
];

/** What follows from a status that is no 2xx. */
export function ruleOfStatus(status: number): CodeRule {
  const code = String(status);
  const found = WEBHOOK_STATUSES.find((line) => line.code === code || line.code === `${code[0]}xx`);
  return found?.rule ?? unknown;
}
