import type { AudienceContext } from "../audience/audience.js";
import { DEFAULT_ADDRESS_TYPE } from "../audience/audience-source.js";
import { type Explanation, explainMembership } from "../audience/explain.js";
import { contactMessage } from "../contact/contact-moment.js";
import type { ContactReason } from "../contact/contact-reason.js";
import { countedStatusesOf } from "../engine/counted-statuses.js";
import type { EngineContext } from "../engine/engine-context.js";
import { NotFoundError } from "../errors.js";
import { joined, type Language, type Sentence } from "../language.js";
import { DEFAULT_TIME_ZONE, localMinuteOf } from "../local-time.js";
import { addressTypeOf } from "../message/address.js";
import type { PersonRecord } from "../ports/person-store.js";
import type { RuleVersion } from "../rule/rule.js";
import { findPerson, type PersonRef } from "./find-person.js";
import { gateVerdicts } from "./gate-verdicts.js";
import { personFact } from "./person-facts.js";
import { pushStories } from "./push-story.js";
import { pushSentence } from "./timeline.js";

/** Why one person would be contacted by a rule at an instant, or would not. */
export interface PersonExplanation {
  /** The person. */
  readonly customerId: number;
  /** Their import key. */
  readonly externalKey: string;
  /** The rule. */
  readonly ruleId: number;
  /** Version of the rule that held at the instant; null: there was none yet. */
  readonly ruleVersion: number | null;
  /** The instant, epoch ms. */
  readonly at: number;
  /** Whether the segment holds. */
  readonly included: boolean;
  /** `would_be_contacted`, `not_in_audience`, `not_known_yet`, `no_rule_yet`, or the first gate that keeps the person away. */
  readonly verdict: "would_be_contacted" | "not_in_audience" | "not_known_yet" | "no_rule_yet" | ContactReason;
  /** The verdict as a sentence. */
  readonly sentence: string;
  /** Every condition of the segment with the fact that decided it. */
  readonly conditions: readonly (Pick<Explanation["checks"][number], "name" | "passed"> & {
    /** Where in the segment it stands, as `any.0`; empty: in the segment itself. */
    readonly path: string;
    /** Condition, fact and verdict. */
    readonly sentence: string;
  })[];
  /** Every gate of the contact policy with the fact that decided it. */
  readonly gates: readonly {
    /** The reason that a delivery would have. */
    readonly reason: ContactReason;
    /** Whether messages like this one are asked about at all. */
    readonly isAsked: boolean;
    /** The gate keeps the person away. */
    readonly holds: boolean;
    /** Gate, fact and verdict. */
    readonly sentence: string;
  }[];
  /** Pushes of the rule to the person that there were, newest first, at most 20. */
  readonly pushes: readonly {
    /** The delivery. */
    readonly deliveryId: number;
    /** Firing that it belongs to. */
    readonly occurrenceId: number;
    /** When it was due, epoch ms. */
    readonly dueAt: number;
    /** What became of it. */
    readonly sentence: string;
  }[];
  /** What else a reader should know: the rule is paused or deleted, it was another version then. */
  readonly notes: readonly string[];
}

/** How a person is explained. */
export interface ExplainOptions {
  /** Instant that the answer is for, past ones as far as the ledger tells. @default now */
  readonly at?: Date | string | number | bigint | null | undefined;
  /** Language of the sentences. @default "zh" */
  readonly language?: Language | null | undefined;
}

const MOST_PUSHES = 20;

/**
 * Tells of one person and one rule what every condition and every gate says at an instant, and what pushes there were. For a
 * past instant the version of the rule that held then is asked; suppressions that were lifted since are not known any more.
 *
 * @throws {NotFoundError} `customer.not-found`, `rule.not-found`; a rule that was deleted is explained
 */
export async function explainPerson(
  context: EngineContext & { readonly tenantId: number },
  who: PersonRef,
  ruleId: number,
  { at = context.clock.now(), language = "zh" }: { readonly at?: number; readonly language?: Language } = {},
): Promise<PersonExplanation> {
  const { stores, tenantId } = context;
  const person = await findPerson(context, who);
  const record = await stores.people.collect(tenantId, person.id);
  const versions = await stores.rules.versions(tenantId, ruleId);
  const rule = await stores.rules.get(tenantId, ruleId);
  if (!record) throw new NotFoundError("customer.not-found", "no customer is meant by this");
  if (!rule || versions.length === 0) throw new NotFoundError("rule.not-found", `no rule ${ruleId}`);
  const version = versions.filter(({ createdAt }) => createdAt <= at).toSorted((a, b) => b.version - a.version)[0];
  const tenant = await stores.tenants.get(tenantId);
  const zone = (version ?? versions[0])?.definition.timeZone ?? tenant?.timeZone ?? DEFAULT_TIME_ZONE;
  const minute = (instant: number) => localMinuteOf(instant, zone).replace("T", " ");
  const notes: Sentence[] = [];
  if (rule.deletedAt !== null && rule.deletedAt <= at)
    notes.push({
      zh: `规则已于 ${minute(rule.deletedAt)} 删除`,
      en: `the rule was deleted on ${minute(rule.deletedAt)}`,
    });
  else if (rule.status === "paused") notes.push({ zh: "规则现在是暂停状态", en: "the rule is paused now" });
  if (version && version.version !== rule.version)
    notes.push({
      zh: `按当时的第 ${version.version} 版回答，现在是第 ${rule.version} 版`,
      en: `answered by version ${version.version}, which held then; now it is version ${rule.version}`,
    });
  if (person.isErased) notes.push({ zh: "此人的身份信息已删除", en: "the name of this person was taken away" });
  const pushes = await pushesOf(context, record, ruleId, language);
  const about = { customerId: person.id, externalKey: person.externalKey, ruleId, at, pushes };
  const nothing = { included: false, conditions: [], gates: [] };
  const told = () => ({ notes: notes.map((note) => note[language]) });
  if (at < record.customer.createdAt) {
    const since = minute(record.customer.createdAt);
    const sentence = {
      zh: `${minute(at)} 时此人尚未导入，首次导入在 ${since}`,
      en: `at ${minute(at)} this person was not known yet, only since ${since}`,
    }[language];
    return {
      ...about,
      ...nothing,
      ...told(),
      ruleVersion: version?.version ?? null,
      verdict: "not_known_yet",
      sentence,
    };
  }
  if (!version) {
    const sentence = {
      zh: `${minute(at)} 时还没有这条规则，建于 ${minute(rule.createdAt)}`,
      en: `at ${minute(at)} there was no such rule yet, it was made on ${minute(rule.createdAt)}`,
    }[language];
    return { ...about, ...nothing, ...told(), ruleVersion: null, verdict: "no_rule_yet", sentence };
  }
  const { membership, gates } = await verdictsOf(context, record, version, {
    at,
    zone,
    merchantZone: tenant?.timeZone ?? zone,
  });
  const failed = membership.checks.filter(
    ({ passed, path, name }) => !passed && path === undefined && name !== "reachable",
  );
  const gate = gates.find(({ holds }) => holds);
  const verdict = !membership.included ? "not_in_audience" : (gate?.reason ?? "would_be_contacted");
  const sentence = !membership.included
    ? withReasons(
        { zh: "不在人群中", en: "is not in the audience" },
        failed.map((check) => check.sentence),
      )
    : gate
      ? withReasons({ zh: "在人群中，但不会触达", en: "is in the audience, and would not be contacted" }, [
          gate.sentence,
        ])
      : { zh: "在人群中，会触达", en: "is in the audience, and would be contacted" };
  return {
    ...about,
    ...told(),
    ruleVersion: version.version,
    included: membership.included,
    verdict,
    sentence: sentence[language],
    conditions: membership.checks.map(({ name, passed, path = "", sentence: said }) => {
      const fact = personFact(name, record, zone);
      return { name, passed, path, sentence: (fact ? joined([said, fact]) : said)[language] };
    }),
    gates: gates.map((one) => ({ ...one, sentence: one.sentence[language] })),
  };
}

function withReasons(base: Sentence, reasons: readonly Sentence[]): Sentence {
  const why = joined(reasons);
  return {
    zh: reasons.length === 0 ? base.zh : `${base.zh}：${why.zh}`,
    en: reasons.length === 0 ? base.en : `${base.en}: ${why.en}`,
  };
}

async function verdictsOf(
  context: EngineContext & { readonly tenantId: number },
  record: PersonRecord,
  { definition }: RuleVersion,
  { at, zone, merchantZone }: { readonly at: number; readonly zone: string; readonly merchantZone: string },
) {
  const { stores, tenantId } = context;
  const channels = await context.channels(tenantId);
  const channel = channels.find(({ name }) => name === definition.channel);
  const addressType = channel?.addressType ?? addressTypeOf(definition.channel) ?? DEFAULT_ADDRESS_TYPE;
  const audience: AudienceContext = {
    stores,
    tenantId,
    timeZone: zone,
    asOf: at,
    statuses: await countedStatusesOf(context, tenantId),
    addressType,
    addressTypeOf: async (called) => channels.find((one) => one.name === called)?.addressType,
  };
  const { externalKey } = record.customer;
  const membership = await explainMembership(definition.segment, { externalKey }, audience);
  const carrier = { name: definition.channel, addressType, receiveQuota: channel?.receiveQuota };
  const message = await contactMessage(context, definition, carrier, { tenantId, kind: "slot", timeZone: zone });
  const { expireAfterMs } = definition;
  const question = { stores, tenantId, record, channel: carrier, message, expireAfterMs, merchantZone, at };
  return { membership, gates: await gateVerdicts(question) };
}

async function pushesOf(
  { stores, tenantId }: Pick<EngineContext, "stores"> & { readonly tenantId: number },
  { deliveries }: PersonRecord,
  ruleId: number,
  language: Language,
): Promise<PersonExplanation["pushes"]> {
  const own = deliveries
    .filter((delivery) => delivery.ruleId === ruleId)
    .toReversed()
    .slice(0, MOST_PUSHES);
  const stories = await pushStories(stores, tenantId, own);
  return own.flatMap(({ id }) => {
    const push = stories.get(id);
    if (!push) return [];
    return {
      deliveryId: id,
      occurrenceId: push.occurrenceId,
      dueAt: push.dueAt,
      sentence: pushSentence(push)[language],
    };
  });
}
