import { describe } from "vitest";
import type { MessageStore } from "../ports/message-store.js";
import { messageStoreConformance, templateStoreConformance } from "./index.js";
import {
  broken,
  brokenBy,
  forgetful,
  merelyTells,
  mixTenants,
  narrow,
  provesEveryCase,
  takes,
  tells,
} from "./testing/broken.js";

describe("templates", () => {
  provesEveryCase(templateStoreConformance, {
    "narrows text": broken(
      {
        templates: {
          insert: takes((tenantId, one) => [
            tenantId,
            { ...one, definition: { ...one.definition, name: narrow(one.definition.name) } },
          ]),
        },
      },
      ["a template comes back with every field of its newest version"],
    ),
    "lets every edit win": broken({ templates: { edit: merelyTells(true) } }, [
      "versions stay as they were written, and follow one another",
    ]),
    "lists whatever is there": broken(
      { templates: { list: takes((tenantId, { cursor, limit }) => [tenantId, { cursor, limit }]) } },
      ["lists go by channel, status and name"],
    ),
    "ignores tenantId": brokenBy(mixTenants, ["templates of tenants are apart"]),
    "forgets on reopen": forgetful(["templates are there after a restart"]),
  });
});

/** Claims that ask for something else. */
const claimsOf =
  (change: (...asked: Parameters<MessageStore["claim"]>) => Parameters<MessageStore["claim"]>) =>
  (caughtBy: readonly string[]) =>
    broken(
      {
        messages: {
          claim:
            (real) =>
            (...asked) =>
              real(...change(...asked)),
        },
      },
      caughtBy,
    );

describe("messages", () => {
  provesEveryCase(messageStoreConformance, {
    "narrows values": broken(
      {
        messages: {
          insertMany: takes((tenantId, rows) => [
            tenantId,
            rows.map((row) => ({ ...row, address: narrow(row.address) })),
          ]),
        },
      },
      ["every field of a message comes back"],
    ),
    "adds every time": broken(
      {
        messages: {
          insertMany: takes((tenantId, rows) => [
            tenantId,
            rows.map((row, n) => ({ ...row, requestKey: `${row.requestKey}${n}${Math.random()}` })),
          ]),
        },
      },
      ["a request makes one message, however often it comes"],
    ),
    "lists the oldest first": broken(
      { messages: { list: tells(({ items, nextCursor }) => ({ items: items.toReversed(), nextCursor })) } },
      ["lists are newest first, and go by what is asked for"],
    ),
    "cancels nothing": broken({ messages: { cancel: merelyTells(0) } }, [
      "only what has not begun is cancelled",
      "of what has outlived its time errors stay with their message",
    ]),
    "revises what was read by nobody": broken({ messages: { revise: merelyTells(true) } }, [
      "values are revised while a message waits, of those that were read",
    ]),
    "takes every batch for a new one": broken(
      { messages: { insertBatch: tells((told) => ({ ...told, isNew: true })) } },
      ["a batch is kept once, with what was left out"],
    ),
    "tells events backwards": broken({ messages: { events: tells((events) => events.toReversed()) } }, [
      "events are told in order",
    ]),
    "counts one too many": broken(
      { messages: { figures: tells((rows) => rows.map((row) => ({ ...row, count: row.count + 1 }))) } },
      ["figures count messages of a period by channel and state"],
    ),
    "refunds nothing": broken({ messages: { refund: merelyTells(undefined) } }, [
      "messages and deliveries share the cap ledger",
    ]),
    "finds suppressions of any channel": broken(
      { suppressions: { matching: takes((tenantId, _, whom) => [tenantId, ["email"], whom]) } },
      ["suppressions are found by address and by person, of exactly the channels asked for"],
    ),
    "forgets no address": broken({ messages: { forget: merelyTells(1) } }, [
      "addresses of messages that are over are forgotten, of a person and by their hash",
    ]),
    "ignores tenantId": brokenBy(mixTenants, ["messages of tenants are apart"]),
    "forgets on reopen": forgetful(["messages are there after a restart"]),
    "claims what comes later": claimsOf((work, terms, scope) => [work, { ...terms, now: terms.now + 5 }, scope])([
      "a claim takes due messages in order, and begins their attempt",
    ]),
    "lets everybody have a message": broken(
      {
        messages: {
          claim:
            (real, { messages }) =>
            async (...asked) => {
              const claimed = await real(...asked);
              const free = {
                leaseOwner: null,
                leaseUntil: null,
                from: "dispatching" as const,
                state: "queued" as const,
              };
              await messages.write(claimed.map((one) => ({ ...one, ...free })));
              return claimed;
            },
        },
      },
      ["of fifty who claim at once nobody takes what another one has"],
    ),
    "claims of any tenant": claimsOf((work, terms, { tenantId: _, ...scope } = {}) => [work, terms, scope])([
      "whose messages wait is told by tenant, and claims keep to one",
    ]),
    "claims of any lane": claimsOf((work, terms) => [work, terms])(["a claim keeps to its lane and to its channels"]),
    "takes all work for looking up": claimsOf((work, terms, scope) => [
      work === "results" ? "look-up" : work,
      terms,
      scope,
    ])(["each kind of work finds its own", "reports are asked for at once when the provider has told of them"]),
    "finds nothing abandoned": broken(
      {
        messages: {
          claim:
            (real) =>
            async (work, ...asked) =>
              work === "abandoned" ? [] : real(work, ...asked),
        },
      },
      ["a message whose sender died is found abandoned, with its attempt"],
    ),
    "has no fence": broken(
      {
        messages: {
          write:
            (real, { messages }) =>
            async (writes) => {
              const present = await Promise.all(writes.map(async (one) => messages.get(one.tenantId, one.id)));
              return real(
                writes.map((one, n) => ({
                  ...one,
                  leaseEpoch: present[n]?.leaseEpoch ?? 0,
                  from: present[n]?.state ?? one.from,
                })),
              );
            },
        },
      },
      ["a write needs the latest epoch and the state, and gives the lease back"],
    ),
    "sends what went back by the slowest lane": broken(
      { messages: { write: takes((writes) => [writes.map((one) => ({ ...one, priority: 0 }))]) } },
      ["what goes back to the queue waits in its lane again"],
    ),
    "renews every lease": broken({ messages: { renew: tells((_, keys) => keys.map(({ id }) => id)) } }, [
      "leases are renewed by whoever holds them",
    ]),
  });
});
