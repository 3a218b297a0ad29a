import * as z from "zod";
import { slicesOf } from "../chunks.js";
import type { Clock } from "../clock.js";
import { requiredText } from "../customer/customer-schema.js";
import { findCustomers } from "../customer/find-customers.js";
import type { Occurrence } from "../delivery/occurrence.js";
import { LISTED_KINDS, type ListedKind } from "../delivery/states.js";
import { InputError, type InputIssue } from "../errors.js";
import { idSchema, searchTextSchema } from "../input.js";
import { type InstantInput, instantSchema, type Read } from "../instant.js";
import { localDateOf } from "../local-time.js";
import type { Channel } from "../ports/channel.js";
import type { ListedPerson } from "../ports/occurrence-store.js";
import type { Stores } from "../ports/stores.js";
import type { Random } from "../random.js";
import { PERSONAL_VARIABLES } from "../rule/render.js";
import type { Rule } from "../rule/rule.js";
import { zoneOf } from "../rule/zone.js";
import { withoutNulls } from "../without-nulls.js";
import { checkInput } from "../zod-issues.js";
import { assertRoom } from "./backlog.js";
import { newOccurrence } from "./new-occurrence.js";
import { assertActive, assertValid, getRule } from "./rules.js";

/** A list of people who get a rule's content, each with values of their own. */
export interface PeopleList {
  /** Rule whose content they get. */
  readonly ruleId: number;
  /** 1 … 10 000 people, by import key. */
  readonly people: readonly {
    readonly externalKey: string;
    /** Of variables that the rule declares, up to 1 000 characters each; the others are as the rule has them. @default {} */
    readonly values?: Readonly<Record<string, string>> | null | undefined;
  }[];
  /** 1 … 255 characters; the same id again finds the same occurrence. */
  readonly requestId: string;
  /** When it begins. @default now */
  readonly dueAt?: InstantInput | null | undefined;
  /** What the occurrence is called: `revisit` for people with a day of their own. @default "list" */
  readonly kind?: ListedKind | null | undefined;
  /** Last moment to begin to send; later than what the rule says it has no effect. @default what the rule says */
  readonly expiresAt?: InstantInput | null | undefined;
}

/** What became of a list. */
export interface SentList {
  /** The firing that carries the list. */
  readonly occurrence: Occurrence;
  /** Rows that were left out, each with every fault. */
  readonly rejected: readonly ListRejection[];
}

/** A fault of a row of a list. */
export interface ListRejection {
  /** Of the row, from 0. */
  readonly index: number;
  /** In the row. */
  readonly path: string;
  /** Stable, as in `InputIssue`. */
  readonly code: string;
  /** For developers. */
  readonly message: string;
}

const MOST = 10_000;
/** People of one statement. */
const ROWS = 1_000;

/** What `occurrences.sendList` takes. */
export const peopleListSchema = z.strictObject({
  ruleId: idSchema,
  people: z.array(z.unknown()).min(1).max(MOST),
  requestId: searchTextSchema.min(1),
  dueAt: instantSchema.optional(),
  kind: z.enum(LISTED_KINDS).optional(),
  expiresAt: instantSchema.optional(),
} satisfies Record<keyof PeopleList, z.ZodType>);

const personSchema = z.strictObject({
  externalKey: requiredText(255),
  values: z.record(z.string(), z.string().max(1_000)).optional(),
});

type Person = z.output<typeof personSchema> & { readonly index: number };

/**
 * Plans an occurrence of kind `list`, or of the kind given, for named people, each with values of the rule's variables. A row with a fault is left
 * out; the others go.
 *
 * @throws {InputError} no row is left. @throws {NotFoundError} `rule.not-found`
 * @throws {ConflictError} `rule.paused`, `rule.outside-validity`. @throws {RecallKitError} `backlog.full`
 */
export async function sendList(
  context: {
    readonly stores: Stores;
    readonly clock: Clock;
    readonly random: Random;
    readonly tenantId: number;
    channels(tenantId: number): Promise<readonly Channel[]>;
  },
  { ruleId, people: rows, requestId, dueAt, kind = "list", expiresAt }: Read<PeopleList>,
): Promise<SentList> {
  const { stores, clock, random, tenantId } = context;
  const listed = await getRule(stores, tenantId, ruleId);
  const channels = await context.channels(tenantId);
  const channel = channels.find(({ name }) => name === listed.definition.channel);
  return stores.transaction(async (tx) => {
    const rule = await getRule(tx, tenantId, ruleId);
    const { people, rejected } = await readPeople(tx, rule, channel, rows);
    if (people.length === 0) {
      throw new InputError(
        rejected.map(({ index, path, ...fault }) => ({ path: ["people", index, path].join("."), ...fault })),
      );
    }
    const now = clock.now();
    const timeZone = await zoneOf(tx, rule);
    const due = dueAt ?? now;
    const customerIds = people.map(({ customerId }) => customerId).sort((a, b) => a - b);
    const latest = due + rule.definition.expireAfterMs;
    const plan = {
      ...{ kind, nominal: requestId, timeZone, customerIds, dueAt: due, createdAt: now },
      expiresAt: Math.min(expiresAt ?? latest, latest),
    };
    const { created, occurrence } = await tx.occurrences.insert(newOccurrence(rule, plan, random));
    // A repeat gets its occurrence, whatever has become of the rule or the people since.
    if (!created) return { occurrence, rejected };
    assertActive(rule);
    assertValid(rule, localDateOf(due, timeZone));
    await assertRoom(tx, tenantId);
    const withValues = people.filter(({ values }) => Object.keys(values).length > 0);
    for (const slice of slicesOf(withValues, ROWS)) await tx.occurrences.putValues(tenantId, occurrence.id, slice);
    return { occurrence, rejected };
  });
}

async function readPeople(
  tx: Stores,
  { tenantId, definition }: Rule,
  channel: Channel | undefined,
  rows: readonly unknown[],
): Promise<{ readonly people: readonly ListedPerson[]; readonly rejected: readonly ListRejection[] }> {
  const rejected: ListRejection[] = [];
  const reject = (index: number, issues: readonly Omit<InputIssue, "params">[]) => {
    for (const { path, code, message } of issues) rejected.push({ index, path, code, message });
  };
  const good: Person[] = [];
  for (const [index, row] of rows.entries()) {
    const read = checkInput(personSchema, withoutNulls(row));
    const issues = "issues" in read ? read.issues : undeclared(read.value, definition.variables);
    if ("value" in read && issues.length === 0) good.push({ ...read.value, index });
    else reject(index, issues);
  }
  const people: ListedPerson[] = [];
  const seen = new Set<number>();
  let shared: string | undefined;
  for (const slice of slicesOf(good, ROWS)) {
    const found = await findCustomers(
      tx,
      tenantId,
      slice.map(({ externalKey }) => externalKey),
    );
    for (const { index, externalKey, values = {} } of slice) {
      const customer = found.get(externalKey);
      const said = JSON.stringify(Object.entries(values).sort());
      if (!customer) reject(index, [UNKNOWN]);
      else if (seen.has(customer.id)) reject(index, [TWICE]);
      else if (channel?.personal === false && said !== (shared ?? said)) reject(index, [UNLIKE]);
      else {
        shared = said;
        seen.add(customer.id);
        people.push({ customerId: customer.id, values });
      }
    }
  }
  return { people, rejected: rejected.sort((a, b) => a.index - b.index) };
}

const UNKNOWN = { path: "externalKey", code: "customer.not-found", message: "no customer has this key" };
const TWICE = { path: "externalKey", code: "list.duplicate", message: "is on the list already" };
const UNLIKE = {
  path: "values",
  code: "list.shared-values",
  message: "the channel sends one text to all; the values must be those of the first person",
};

function undeclared(
  { values = {} }: z.output<typeof personSchema>,
  variables: Readonly<Record<string, string>>,
): readonly InputIssue[] {
  const declared = new Set([...Object.keys(variables), ...PERSONAL_VARIABLES]);
  return Object.keys(values)
    .filter((name) => !declared.has(name))
    .map((name) => ({
      path: `values.${name}`,
      code: "content.unknown-variable",
      message: `the rule declares no variable {{${name}}}`,
    }));
}
