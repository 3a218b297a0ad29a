import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { channelConformance } from "@recallkit/core/conformance";
import type { Stores } from "@recallkit/core/ports";
import { virtualClock } from "@recallkit/core/testing";
import { postgresStores } from "@recallkit/storage-adapters/postgres";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import pg from "pg";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { type Mail, mailChannel } from "./mail-channel.js";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

const START = Date.UTC(2026, 5, 1, 2);
const REFUSED = "nobody@example.com";

/** A mail server that keeps what it takes. */
function postOffice() {
  const mails: Mail[] = [];
  const deliver = async (mail: Mail): Promise<string> => {
    if (mail.to === REFUSED) throw Object.assign(new Error("no such mailbox"), { responseCode: 550 });
    mails.push(mail);
    return `<${mails.length}@example.com>`;
  };
  return { mails, deliver };
}

const unsubscribeUrl = (key: string) => `https://shop.example/u/${key}`;

describe("a third party's e-mail channel", () => {
  const clock = virtualClock(START);
  const open = async () => {
    const { mails, deliver } = postOffice();
    return {
      channel: mailChannel({ deliver, unsubscribeUrl, clock }),
      content: { subject: "想你了", text: "好久不见" },
      address: (index: number) => `c${index}@example.com`,
      refused: REFUSED,
      messages: async () => mails.length,
    };
  };
  for (const { name, run } of channelConformance({ open, clock })) test(name, run);

  test("puts off whom the server does not want now, and does not know what became of a call that was cut off", async () => {
    const failing = (error: Error) => mailChannel({ deliver: () => Promise.reject(error), unsubscribeUrl, clock });
    const content = { subject: "a", text: "b" };
    const recipients = [{ address: "c@example.com", content, values: {}, marker: "abcdefgh2345" }];
    const send = (error: Error) =>
      failing(error).send(
        { tenantId: 1, marker: "abcdefgh2345", content, recipients },
        { writeBy: clock.monotonic() + 10, signal: new AbortController().signal },
      );
    expect(await send(Object.assign(new Error("busy"), { responseCode: 451 }))).toMatchObject([{ kind: "deferred" }]);
    expect(await send(new Error("reset"))).toMatchObject([{ kind: "unknown" }]);
  });
});

const engines: readonly { readonly name: string; readonly missing: boolean; open(): Promise<Stores> }[] = [
  {
    name: "SQLite",
    missing: false,
    async open() {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-example-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      return sqliteStores({ file: join(folder, "mail.db"), migrate: true });
    },
  },
  {
    name: "PostgreSQL",
    missing: inject("postgresUrl") === "",
    async open() {
      const schema = `recallkit_test_${randomBytes(6).toString("hex")}`;
      onTestFinished(async () => {
        const client = new pg.Client({ connectionString: inject("postgresUrl") });
        await client.connect();
        await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
        await client.end();
      });
      return postgresStores({ url: inject("postgresUrl"), schema, migrate: true });
    },
  },
];

describe.each(engines)("5 000 mails over $name", ({ missing, open }) => {
  test.skipIf(missing)(
    "are each their own, with a link of their own, and nobody gets two",
    { timeout: 90_000 },
    async () => {
      const clock = virtualClock(START);
      const { mails, deliver } = postOffice();
      const stores = await open();
      const channels = [mailChannel({ deliver, unsubscribeUrl, clock })];
      const secretKey = "for-this-example-only-0123456789abcdef";
      const kit = createRecallKit({ stores, channels, clock, secretKey, logger: silentLogger });
      await kit.customers.upsert(
        Array.from({ length: 5_000 }, (_, n) => ({
          externalKey: `c${n}`,
          email: `c${n}@example.com`,
          ...(n % 10 !== 0 && { name: `客户${n}` }),
        })),
      );
      const rule = await kit.rules.create({
        name: "回来看看",
        segment: { everybody: true },
        validFrom: "2026-01-01",
        validTo: "2026-12-31",
        content: { subject: "{{customer_name}}，想你了", text: "{{customer_name}}，好久不见" },
        variables: { customer_name: "朋友" },
      });
      await kit.occurrences.runNow(rule.id);
      await kit.tick();
      const report = await kit.report(rule.id);
      await kit.close();
      expect(report).toMatchObject({ audience: 5_000, accepted: 5_000, failed: 0, unknown: 0 });
      expect(new Set(mails.map(({ to }) => to)).size).toBe(5_000);
      expect(mails).toHaveLength(5_000);
      expect(new Set(mails.map(({ headers }) => headers["List-Unsubscribe"])).size).toBe(5_000);
      expect(mails.find(({ to }) => to === "c7@example.com")?.subject).toBe("客户7，想你了");
      expect(mails.find(({ to }) => to === "c10@example.com")?.text).toMatch(/^朋友，好久不见\n\n退订/);
    },
  );
});
