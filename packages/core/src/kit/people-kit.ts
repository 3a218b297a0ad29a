import * as z from "zod";
import { requiredText } from "../customer/customer-schema.js";
import type { PersonContext } from "../customer/person.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { EvidenceOptions } from "../evidence/collect-evidence.js";
import type { EvidencePack } from "../evidence/evidence-pack.js";
import type { OccurrenceId, RuleId } from "../id.js";
import { idSchema, listenerSchema } from "../input.js";
import { instantSchema } from "../instant.js";
import { LANGUAGES } from "../language.js";
import { limitSchema, type Page, pageFields } from "../page.js";
import type { ExplainOptions, PersonExplanation } from "../people/explain-person.js";
import type { FoundPerson, PeopleSearch, PersonRef } from "../people/find-person.js";
import type { PersonEvent, TimelineOptions } from "../people/timeline.js";
import { TIMELINE_CURSOR } from "../people/timeline-cursor.js";
import type { Argument, checkedCalls } from "./checked-call.js";
import { optionsOf } from "./listings.js";

/** What there is to tell of single people. A person is named by import key, also a former one, or by id. */
export interface PeopleKit {
  /** People by something that names them: key, mobile, external_userid or another identity, or the beginning of a name. */
  search(search: PeopleSearch): Promise<Page<FoundPerson>>;
  /** @throws {NotFoundError} `customer.not-found` */
  get(who: PersonRef): Promise<FoundPerson>;
  /** What happened to a person, newest first. @throws {NotFoundError} `customer.not-found` */
  timeline(who: PersonRef, options?: TimelineOptions): Promise<Page<PersonEvent>>;
  /**
   * Why a rule would contact a person at an instant, or would not: every condition and every gate with the fact that decided it.
   *
   * @throws {NotFoundError} `customer.not-found`, `rule.not-found`; a rule that was deleted is explained
   */
  explain(who: PersonRef, ruleId: RuleId, options?: ExplainOptions): Promise<PersonExplanation>;
  /**
   * All that is known about one push to a person, chained by hashes; `evidenceText` of `@recallkit/core/evidence` writes it,
   * `verifyEvidence` looks at it.
   *
   * @throws {NotFoundError} `customer.not-found`, `occurrence.not-found`, `delivery.not-found`: the person was not in it
   */
  evidence(who: PersonRef, occurrenceId: OccurrenceId, options?: EvidenceOptions): Promise<EvidencePack>;
}

const person: Argument = ["who", z.union([requiredText(255), idSchema])];
const ruleId: Argument = ["ruleId", idSchema];
const occurrenceId: Argument = ["occurrenceId", idSchema];
const language = z.enum(LANGUAGES).optional();
const searchSchema = z.strictObject({
  query: requiredText(255),
  cursor: pageFields.cursor,
  limit: limitSchema.optional(),
});
const timelineSchema = z.strictObject({
  cursor: z.string().regex(TIMELINE_CURSOR, { message: "must be the nextCursor of an earlier page" }).optional(),
  limit: limitSchema.optional(),
  language,
});
const explainSchema = z.strictObject({ at: instantSchema.optional(), language });
const evidenceSchema = z.strictObject({ showAddress: listenerSchema.optional() });

type Given<T> = { readonly [K in keyof T]: Exclude<T[K], null | undefined> };

/** {@link PeopleKit} over the engine of a tenant. What it needs is loaded when it is asked first. */
export function peopleKit(context: EngineContext & PersonContext, call: ReturnType<typeof checkedCalls>): PeopleKit {
  const finding = () => import("../people/find-person.js");
  return {
    search: call<[search: PeopleSearch], Page<FoundPerson>>([["", searchSchema]], async (search) =>
      (await finding()).searchPeople(context, search as Given<typeof search>),
    ),
    get: call([person], async (who) => (await finding()).findPerson(context, who)),
    timeline: call<[who: PersonRef, options?: TimelineOptions], Page<PersonEvent>>(
      [person, optionsOf(timelineSchema)],
      async (who, how) => (await import("../people/timeline.js")).personTimeline(context, who, how),
    ),
    explain: call<[who: PersonRef, ruleId: RuleId, options?: ExplainOptions], PersonExplanation>(
      [person, ruleId, optionsOf(explainSchema)],
      async (who, id, how) => (await import("../people/explain-person.js")).explainPerson(context, who, id, how),
    ),
    evidence: call<[who: PersonRef, occurrenceId: OccurrenceId, options?: EvidenceOptions], EvidencePack>(
      [person, occurrenceId, optionsOf(evidenceSchema)],
      async (who, id, how) => (await import("../evidence/collect-evidence.js")).collectEvidence(context, who, id, how),
    ),
  };
}
