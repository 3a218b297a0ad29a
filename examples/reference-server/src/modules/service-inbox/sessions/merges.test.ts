// Whatever is merged and split, each message is read once, and no figure changes.
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../../testing/test-server.js";
import { bindAddress, unbindAddress } from "../binding/bind-address.js";
import { type Entrance, type Inbox, inboxOf } from "../inbox.js";
import { takeMessage } from "./store.js";

const PLACES = [
  ["official_account", "o1"],
  ["official_account", "o2"],
  ["wecom_customer", "wm1"],
  ["api", "a1"],
  ["official_account", "of-another"],
] as const satisfies readonly (readonly [Entrance, string])[];

let server: TestServer;
let inbox: Inbox;
let sessions: readonly number[];

beforeAll(async () => {
  server = await startTestServer({}, { role: "api" });
  const { context } = server;
  await context.kit.customers.upsert([{ externalKey: "c1" }, { externalKey: "c2" }]);
  inbox = await inboxOf(context, 1);
  const ids: number[] = [];
  for (const [at, [entrance, address]] of PLACES.entries()) {
    for (let count = 0; count <= at; count += 1) {
      const taken = await takeMessage(
        context.stores,
        1,
        {
          ...{ entrance, address, kind: "text", body: `${address} ${count}`, via: "engine", toldAt: 1 },
          eventHash: `${address}-${count}`,
        },
        at * 10 + count,
      );
      ids[at] = taken.sessionId;
    }
  }
  sessions = ids;
  await sql`update rk_wechat_messages set state = 'done'`.execute(context.stores.sql);
  const own = ids.slice(0, 4).join(",");
  await sql`update rk_wechat_sessions set customer_id = 1 where id in (${sql.raw(own)})`.execute(context.stores.sql);
  await sql`update rk_wechat_sessions set customer_id = 2 where id = ${ids[4]}`.execute(context.stores.sql);
});
afterAll(() => server.close());

interface Shown {
  readonly id: number;
  readonly unread: number;
  readonly merged_into: number | null;
}
const list = async (query = "") =>
  ((await server.get(`/api/wechat/sessions?limit=200${query}`)).json as { items: readonly Shown[] }).items;
async function readBy(id: number): Promise<readonly number[]> {
  const read: number[] = [];
  for (let cursor = ""; ; ) {
    const answer = (await server.get(`/api/wechat/sessions/${id}?limit=3${cursor}`)).json as {
      readonly items: readonly { readonly id: number }[];
      readonly next_cursor: string | null;
    };
    read.unshift(...answer.items.map((message) => message.id));
    if (answer.next_cursor === null) return read;
    cursor = `&cursor=${answer.next_cursor}`;
  }
}
/** What is read in all conversations that are listed, and what is unread in them. */
async function figures() {
  const shown = await list();
  const read = (await Promise.all(shown.map(({ id }) => readBy(id)))).flat();
  const { rows } = await sql<{ n: number }>`select count(*) as n from rk_wechat_messages`.execute(
    server.context.stores.sql,
  );
  return {
    messages: Number(rows[0]?.n),
    read: read.toSorted((a, b) => a - b),
    unread: shown.reduce((sum, { unread }) => sum + unread, 0),
    conversations: (await list("&merged=true")).length,
  };
}
const change = (id: number | undefined, into: number | undefined) =>
  into === undefined
    ? server.post(`/api/wechat/sessions/${id}/split`)
    : server.post(`/api/wechat/sessions/${id}/merge`, { into });

test("whatever is merged and split, each message is read once in its order, and no figure changes", async () => {
  const before = await figures();
  expect(before.read).toHaveLength(before.messages);
  const place = fc.integer({ min: 0, max: PLACES.length - 1 });
  const step = fc.tuple(place, fc.option(place, { nil: undefined }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      for (const [from, into] of steps) {
        const answer = await change(sessions[from], into === undefined ? undefined : sessions[into]);
        expect([200, 409]).toContain(answer.status);
        if (into !== undefined && (from === into || from === 4 || into === 4)) expect(answer.status).toBe(409);
      }
      expect(await figures()).toEqual(before);
      for (const { id } of await list()) {
        const read = await readBy(id);
        expect(read).toEqual(read.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 12 },
  );
  for (const id of sessions) await change(id, undefined);
  expect(await figures()).toEqual(before);
});

test("one that is merged goes on in the other, and comes back when it turns out to be somebody else's", async () => {
  const [one, two] = sessions;
  expect(await (await change(one, two)).json).toMatchObject({ id: one, merged_into: two });
  expect((await list()).map(({ id }) => id)).not.toContain(one);
  expect((await list("&merged=true")).find(({ id }) => id === one)?.merged_into).toBe(two);
  // Into one that goes on elsewhere, nothing is merged.
  expect((await change(sessions[2], one)).status).toBe(409);
  const place = { entrance: "official_account", address: "o1" } as const;
  const who = { source: "test", actor: "test" };
  await inbox.stores.transaction(() => bindAddress(inbox, place, 1, who));
  expect((await list()).map(({ id }) => id)).not.toContain(one);
  expect(await unbindAddress(inbox, place, who)).toBe(true);
  expect((await list()).map(({ id }) => id)).toContain(one);
  expect((await change(one, two)).status).toBe(409);
});
