import { describe } from "vitest";
import type { IdempotencyClaim } from "../ports/idempotency-store.js";
import { idempotencyStoreConformance, suppressionStoreConformance } from "./index.js";
import {
  broken,
  brokenBy,
  type Faults,
  forgetful,
  merelyTells,
  mixTenants,
  provesEveryCase,
  skipsRow,
  takes,
  tells,
} from "./testing/broken.js";

const claiming = (change: (claim: IdempotencyClaim) => IdempotencyClaim): Faults => ({
  idempotency: { begin: tells((claim) => change(claim)) },
});

describe("suppressions", () => {
  provesEveryCase(suppressionStoreConformance, {
    "lists something": broken(
      {
        suppressions: {
          list: tells((page) => ({ ...page, nextCursor: "0" })),
        },
      },
      ["an empty store lists and removes nothing"],
    ),
    "lets a page skip a row": broken({ suppressions: { list: tells(skipsRow) } }, [
      "every field comes back, each entry once",
    ]),
    "keeps the first reason": broken(
      {
        suppressions: {
          put: (real) => async (entry) => {
            const first = await real({ ...entry, reason: "opt_out" });
            return first.created ? real(entry) : first;
          },
        },
      },
      ["a repeat takes the new reason and keeps the rest"],
    ),
    "counts every entry of a list as new": broken(
      { suppressions: { putMany: tells((_, __, entries) => ({ added: entries.length, changed: 0 })) } },
      ["many entries at once are added, or take a new reason"],
    ),
    "lets entries wait for ever": broken({ suppressions: { settle: merelyTells(0) } }, [
      "an entry waits for its key, and is its customer's then",
    ]),
    "lets every caller win": broken({ suppressions: { put: tells((result) => ({ ...result, created: true })) } }, [
      "of 50 callers who add one entry one creates it",
    ]),
    "compares without case": broken(
      {
        suppressions: {
          put: takes((entry) => [
            { ...entry, address: entry.address?.toLowerCase() ?? null, channel: entry.channel.trim() },
          ]),
        },
      },
      [
        "addresses and channels compare bytewise",
        "a selector finds addresses and customers of the channel and of all channels",
      ],
    ),
    "never removes": broken({ suppressions: { remove: merelyTells(true) } }, [
      "an entry that was removed can be added again",
    ]),
    "ignores tenantId": brokenBy(mixTenants, ["entries of tenants are apart"]),
    "forgets on reopen": forgetful(["entries are there after a restart"]),
  });
});

describe("requests by key", () => {
  provesEveryCase(idempotencyStoreConformance, {
    "keeps no answers": broken({ idempotency: { finish: merelyTells(true) } }, [
      "a new key starts, and keeps its answer",
      "an answer is given once",
      "a key that is released is new, one with an answer stays",
      "an expired key is new",
    ]),
    "never gives up": broken(
      claiming((claim) => (claim.kind === "abandoned" ? { kind: "running", lockedUntil: 10 } : claim)),
      ["a key in use is running until its time is over", "a purge takes expired rows, at most so many"],
    ),
    "lets every caller start": broken(
      claiming((claim) => (claim.kind === "running" ? { kind: "started" } : claim)),
      ["of 50 callers one starts", "keys, routes and tenants are apart, bytewise"],
    ),
    "does not look at the request": broken(
      { idempotency: { begin: takes((key, request) => [key, { ...request, fingerprint: "same" }]) } },
      ["another request with the key is a mismatch, finished or not"],
    ),
    "lets every caller resume": broken({ idempotency: { resume: tells(() => true) } }, [
      "one of 50 callers resumes an abandoned key",
    ]),
    "releases nothing": broken({ idempotency: { release: merelyTells(undefined) } }, [
      "a key that is released is new, one with an answer stays",
    ]),
    "purges without a bound": broken({ idempotency: { purge: takes((now) => [now, 1000]) } }, [
      "a purge takes expired rows, at most so many",
    ]),
    "trims keys": broken(
      { idempotency: { begin: takes((key, request) => [{ ...key, key: key.key.trim() }, request]) } },
      ["keys, routes and tenants are apart, bytewise"],
    ),
    "forgets on reopen": forgetful(["answers are there after a restart"]),
  });
});
