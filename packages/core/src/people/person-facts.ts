import type { Explanation } from "../audience/explain.js";
import type { Sentence } from "../language.js";
import { localDateOf } from "../local-time.js";
import type { PersonRecord } from "../ports/person-store.js";

/** Things that are named one by one. */
const MOST = 10;

/** What is known of the person where a condition asks; undefined: its own sentence says it. */
export function personFact(
  name: Explanation["checks"][number]["name"],
  { customer, labels, orders, attributes, consents }: PersonRecord,
  zone: string,
): Sentence | undefined {
  switch (name) {
    case "labels":
    case "products": {
      const all = [...labels, ...orders.flatMap((order) => order.labels)].map(({ kind, key }) => `${kind}=${key}`);
      return listed("此人的标签", "the person has", [...new Set(all)]);
    }
    case "attributes":
      return listed(
        "此人的属性",
        "the person has",
        Object.entries(attributes).map(([key, value]) => `${key}=${value}`),
      );
    case "birthday":
      return listed("生日", "born on", customer.bornOn === null ? [] : [customer.bornOn]);
    case "channels":
      return listed("此人的身份", "the person has", Object.keys(customer.identities));
    case "consents":
      return listed(
        "此人说过",
        "the person said",
        consents.map(({ status, channel, at }) => `${status} ${channel} ${localDateOf(at, zone)}`),
      );
    default:
      return undefined;
  }
}

function listed(zh: string, en: string, things: readonly string[]): Sentence {
  if (things.length === 0) return { zh: `${zh}：无`, en: `${en} none` };
  const shown = things.slice(0, MOST).join(", ");
  const rest = things.length > MOST ? " …" : "";
  return { zh: `${zh}：${shown}${rest}`, en: `${en} ${shown}${rest}` };
}
