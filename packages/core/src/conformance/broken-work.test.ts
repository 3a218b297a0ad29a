import { describe } from "vitest";
import { BATCH_STATES, OCCURRENCE_STATES } from "../delivery/states.js";
import { batchStoreConformance, occurrenceStoreConformance, ruleStoreConformance } from "./index.js";
import {
  broken,
  brokenBy,
  forgetful,
  merelyTells,
  mixTenants,
  narrow,
  provesEveryCase,
  skipsRow,
  takes,
  tells,
} from "./testing/broken.js";

describe("rules", () => {
  provesEveryCase(ruleStoreConformance, {
    "walks rules again that were met before": broken(
      { rules: { after: (real) => (id, filter, _, limit) => real(id, filter, null, limit) } },
      ["rules are walked newest first from a position on, which stays while others come and go"],
    ),
    "lists the oldest version first": broken({ rules: { versions: tells((versions) => versions.toReversed()) } }, [
      "versions are listed newest first, of deleted rules too",
    ]),
    "counts one rule too many": broken(
      { rules: { list: tells(({ items, total }) => ({ items, total: total + 1 })) } },
      ["an empty store finds nothing"],
    ),
    "drops emoji": broken(
      {
        rules: {
          insert: takes((rule) => [
            { ...rule, definition: { ...rule.definition, name: narrow(rule.definition.name) } },
          ]),
        },
      },
      ["every field comes back"],
    ),
    "says 0 for null": broken(
      { rules: { get: tells((rule) => rule && { ...rule, nextDueAt: rule.nextDueAt ?? 0 }) } },
      ["empty lists and nulls come back"],
    ),
    "has case-insensitive names": broken(
      { rules: { findByName: (real) => async (id, name) => (await real(id, name.toUpperCase())) ?? real(id, name) } },
      ["names compare bytewise"],
    ),
    "keeps two rules of one name": broken(
      {
        rules: {
          insert: (real) => async (rule) =>
            real(rule).catch(() =>
              real({ ...rule, definition: { ...rule.definition, name: `${rule.definition.name}${rule.createdAt}` } }),
            ),
        },
      },
      ["a name that is taken is refused"],
    ),
    "lets every caller win": broken(
      {
        rules: {
          insert:
            (real, { rules }) =>
            async (rule) =>
              real(rule).catch(
                async (error) => (await rules.findByName(rule.tenantId, rule.definition.name)) ?? Promise.reject(error),
              ),
        },
      },
      ["of 50 callers with one name one wins"],
    ),
    "keeps the names of deleted rules": broken({ rules: { softDelete: merelyTells(undefined) } }, [
      "a deleted rule frees its name",
      "a deleted rule is seen by its id only",
    ]),
    "overwrites old versions": broken(
      {
        rules: {
          version:
            (_, { rules }) =>
            async (tenantId, id) =>
              (await rules.get(tenantId, id))?.definition,
        },
      },
      ["a new version replaces the definition and keeps the old one"],
    ),
    "drops edits": broken({ rules: { addVersion: merelyTells(undefined) } }, ["a new version may keep the name"]),
    "drops the status": broken({ rules: { setStatus: merelyTells(undefined) } }, ["the status changes alone"]),
    "lists the oldest first": broken(
      { rules: { list: tells(({ items, total }) => ({ items: items.toReversed(), total })) } },
      ["rules are listed newest first"],
    ),
    "searches by pattern": broken(
      {
        rules: {
          list: takes((tenantId, filter, page) => [
            tenantId,
            { ...filter, ...(filter.search === undefined ? {} : { search: filter.search.replace(/[%_]/g, "") }) },
            page,
          ]),
        },
      },
      ["search takes a part of the name, in any case, never as a pattern"],
    ),
    "treats the end of the filter as inclusive": broken(
      {
        rules: {
          list: takes((tenantId, filter, page) => [
            tenantId,
            { ...filter, ...(filter.createdTo === undefined ? {} : { createdTo: filter.createdTo + 1 }) },
            page,
          ]),
        },
      },
      ["the creation filter holds its start and not its end"],
    ),
    "finds rules due a millisecond late": broken({ rules: { due: takes((now, limit) => [now - 1, limit]) } }, [
      "rules are due at their instant, oldest first",
    ]),
    "drops the planning mark": broken({ rules: { setPlanned: merelyTells(undefined) } }, [
      "the planning mark moves alone",
    ]),
    "ignores tenantId": brokenBy(mixTenants, [
      "two tenants may hold the same names",
      "a foreign rule can be neither read nor written",
    ]),
    "forgets on reopen": forgetful(["rules survive a restart"]),
  });
});

/** A claim that hands out, once more, what it handed out before. */
function generous<W extends unknown[], R>(real: (...args: W) => Promise<readonly R[]>) {
  let last: readonly R[] = [];
  return async (...args: W): Promise<readonly R[]> => {
    const rows = await real(...args);
    if (rows.length > 0) last = rows;
    return last;
  };
}

describe("occurrences", () => {
  provesEveryCase(occurrenceStoreConformance, {
    "takes tests for slots": broken(
      { occurrences: { insert: takes((row) => [row.kind === "test" ? { ...row, kind: "slot" } : row]) } },
      ["tests of a rule neither send nor count as its latest occurrence"],
    ),
    "forgets cancelled occurrences": broken(
      { occurrences: { unfinished: tells((rows) => rows.filter(({ state }) => state !== "cancelled")) } },
      ["a cancelled occurrence is unfinished until its end is written"],
    ),
    "counts without a limit": broken({ occurrences: { countPlanned: takes((tenantId) => [tenantId, 1_000_000]) } }, [
      "planned occurrences are counted up to a limit",
    ]),
    "says that something always sends": broken({ occurrences: { hasSending: merelyTells(true) } }, [
      "an empty store finds nothing",
      "a rule sends while it takes a snapshot or has an open batch",
    ]),
    "forgets what lists say": broken({ occurrences: { valuesOf: tells((rows) => rows.slice(1)) } }, [
      "what a list says of people is kept once",
      "values of many people come back",
    ]),
    "drops emoji": broken({ occurrences: { insert: takes((row) => [{ ...row, nominal: narrow(row.nominal) }]) } }, [
      "every field comes back",
    ]),
    "drops patches": broken(
      {
        occurrences: {
          transition: takes((key, to) => [key, to, {}]),
          advance: takes((key, _, until) => [key, {}, until]),
        },
      },
      ["every column of a patch comes back", "advance writes its patch and prolongs the lease"],
    ),
    "lets every caller win": broken({ occurrences: { insert: tells((result) => ({ ...result, created: true })) } }, [
      "a repeat finds the first row",
      "50 callers who insert one occurrence make one row",
    ]),
    "lets a page skip a row": broken({ occurrences: { list: tells(skipsRow) } }, [
      "filters narrow a list that runs by id",
    ]),
    "takes skipped slots for runs": broken(
      {
        occurrences: {
          lastRuns:
            (_, { occurrences }) =>
            async (tenantId, [ruleId = 0]) => {
              const last = await occurrences.latest(tenantId, ruleId);
              return new Map(last ? [[ruleId, last.startedAt ?? last.dueAt]] : []);
            },
        },
      },
      ["a skipped slot is the latest occurrence of its rule, and no last run"],
    ),
    "takes planned occurrences for the latest": broken(
      {
        occurrences: {
          latest:
            (_, { occurrences }) =>
            async (tenantId, ruleId) =>
              (await occurrences.list(tenantId, { ruleId })).items.at(-1),
        },
      },
      ["the latest occurrence is the newest that is not planned"],
    ),
    "forgets what is paused": broken(
      { occurrences: { unfinished: tells((rows) => rows.filter(({ state }) => state === "running")) } },
      ["unfinished occurrences run or are paused, by id"],
    ),
    "moves from any state": broken(
      { occurrences: { transition: takes((key, to, patch) => [{ ...key, from: OCCURRENCE_STATES }, to, patch]) } },
      ["a transition needs one of its states", "of 50 callers who move one occurrence one wins"],
    ),
    "claims what is due later": broken(
      { occurrences: { claim: takes((lease) => [{ ...lease, now: lease.now + 1 }]) } },
      ["planned occurrences are claimed when they are due, oldest first", "a lease ends by itself"],
    ),
    "claims the newest first": broken({ occurrences: { claim: tells((rows) => rows.toReversed()) } }, [
      "a claim takes the oldest up to its limit",
    ]),
    "claims what runs": broken(
      {
        occurrences: {
          claim:
            (real, { occurrences }) =>
            async (lease) => [...(await real(lease)), ...(await occurrences.unfinished(0, lease.limit))],
        },
      },
      ["only planned and snapshotting occurrences are claimed"],
    ),
    "hands out rows twice": broken({ occurrences: { claim: generous } }, [
      "50 workers at once share the work without overlap",
    ]),
    "ignores the lease epoch": broken(
      {
        occurrences: {
          transition: takes(({ leaseEpoch, ...key }, to, patch) => [key, to, patch]),
          release:
            (real, { occurrences }) =>
            async (key) =>
              real({ ...key, leaseEpoch: (await occurrences.get(key.tenantId, key.id))?.leaseEpoch ?? 0 }),
        },
      },
      ["who lost the lease can't write"],
    ),
    "keeps released leases": broken({ occurrences: { release: merelyTells(undefined) } }, [
      "a released occurrence can be claimed at once",
    ]),
    "ignores tenantId": brokenBy(mixTenants, ["a foreign occurrence can be neither read nor written"]),
    "forgets on reopen": forgetful(["occurrences and their leases survive a restart"]),
  });
});

describe("batches", () => {
  provesEveryCase(batchStoreConformance, {
    "notes nobody": broken({ batches: { noteEnded: merelyTells(undefined) } }, [
      "people who ended are noted where a channel is behind, until the note is taken",
      "an occurrence may hand people on while reports or a note are open",
    ]),
    "keeps notes": broken({ batches: { takeEnded: merelyTells(true) } }, [
      "people who ended are noted where a channel is behind, until the note is taken",
    ]),
    "waits for nobody": broken({ batches: { mayHandOn: merelyTells(false) } }, [
      "an occurrence may hand people on while reports or a note are open",
    ]),
    "counts a batch's own attempt": broken(
      { batches: { lastAttemptAt: takes((tenantId, occurrenceId) => [tenantId, occurrenceId, 0]) } },
      ["the last attempt is that of another batch of the occurrence"],
    ),
    "holds tests of paused rules": broken(
      { occurrences: { insert: takes((row) => [row.kind === "test" ? { ...row, kind: "slot" } : row]) } },
      ["batches of a test are claimed though the rule is paused"],
    ),
    "counts states without batches": broken(
      { batches: { countByState: tells((counts) => ({ dead: 0, ...counts })) } },
      ["an empty store finds nothing", "states are counted per occurrence"],
    ),
    "drops emoji": broken({ batches: { insert: takes((batch) => [{ ...batch, channel: narrow(batch.channel) }]) } }, [
      "every field comes back",
    ]),
    "drops patches": broken({ batches: { advance: takes((key, _, options) => [key, {}, options]) } }, [
      "every column of a patch comes back",
    ]),
    "makes a row for every call": broken(
      {
        batches: {
          insert: (real) => {
            let calls = 0;
            return async (batch) => {
              calls += 1;
              return real({ ...batch, number: batch.number + 100 * calls });
            };
          },
        },
      },
      ["a repeat finds the first row", "50 callers who insert one batch make one row"],
    ),
    "lets a page skip a row": broken({ batches: { list: tells(skipsRow) } }, ["filters narrow a list that runs by id"]),
    "moves from any state": broken(
      {
        batches: {
          transition: takes((key, to, patch, options) => [{ ...key, from: BATCH_STATES }, to, patch, options]),
        },
      },
      ["a transition needs one of its states", "of 50 callers who move one batch one wins"],
    ),
    "sets no lease": broken(
      { batches: { claim: tells((rows) => rows.map((row) => ({ ...row, leaseOwner: null }))) } },
      ["a claim sets the lease and leaves the state"],
    ),
    "sends what is accepted": broken(
      {
        batches: {
          claim: (real) => async (work, lease) => [
            ...(await real(work, lease)),
            ...(work === "send" ? await real("results", lease) : []),
          ],
        },
      },
      ["each kind of work takes its own state"],
    ),
    "claims a millisecond early": broken(
      { batches: { claim: takes((work, lease) => [work, { ...lease, now: lease.now + 1 }]) } },
      ["no work is claimed before its time", "a lease ends by itself"],
    ),
    "polls settled batches": broken(
      { batches: { advance: takes((key, { settled, ...patch }, options) => [key, patch, options]) } },
      ["settled batches have no results to fetch"],
    ),
    "sends for occurrences that do not run": broken(
      {
        occurrences: {
          transition: (real) => async (key, to, patch) =>
            real(key, to === "paused" || to === "cancelled" ? "running" : to, patch),
        },
      },
      ["only a running occurrence sends"],
    ),
    "sends for rules that are paused": broken({ rules: { setStatus: merelyTells(undefined) } }, [
      "only an active rule that is not deleted sends",
    ]),
    "polls active rules only": broken(
      {
        batches: {
          claim:
            (real, { rules }) =>
            async (work, lease) => {
              const rows = await real(work, lease);
              const active = await Promise.all(
                rows.map(async (row) => (await rules.get(row.tenantId, row.ruleId))?.deletedAt === null),
              );
              return rows.filter((_, index) => active[index]);
            },
        },
      },
      ["results and look-ups need no running occurrence and no active rule"],
    ),
    "forgets to expire": broken({ batches: { expired: merelyTells([]) } }, [
      "a pending batch is either claimable or expired",
      "pending and dead batches expire with their occurrence",
    ]),
    "claims the newest first": broken({ batches: { claim: tells((rows) => rows.toReversed()) } }, [
      "a claim takes the oldest up to its limit",
    ]),
    "claims of all channels": broken({ batches: { claim: takes((work, lease) => [work, lease]) } }, [
      "a claim is kept to a channel, or kept from some",
    ]),
    "hands out rows twice": broken({ batches: { claim: generous } }, [
      "50 workers at once share the work without overlap",
    ]),
    "ignores the lease epoch": broken(
      {
        batches: {
          transition:
            (real, { batches }) =>
            async (key, to, patch, options) => {
              const leaseEpoch = (await batches.get(key.tenantId, key.id))?.leaseEpoch ?? 0;
              return real({ ...key, leaseEpoch }, to, patch, options);
            },
        },
      },
      ["who lost the lease can't write"],
    ),
    "drops renewals": broken({ batches: { renew: merelyTells(true) } }, ["a lease can be prolonged"]),
    "never frees a lease": broken(
      {
        batches: {
          transition: takes((key, to, patch) => [key, to, patch]),
          advance: takes((key, patch) => [key, patch]),
        },
      },
      ["a transition frees the lease when it is asked to", "a patch frees the lease when it is asked to"],
    ),
    "abandons work too late": broken({ batches: { abandoned: takes((now, limit) => [now - 1, limit]) } }, [
      "work in flight is abandoned when its lease is over",
    ]),
    "ignores tenantId": brokenBy(mixTenants, ["a foreign batch can be neither read nor written"]),
    "forgets on reopen": forgetful(["batches and their leases survive a restart"]),
  });
});
