import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { engines } from "../../../testing/engines.js";
import { startTestServer, type TestServer } from "../../../testing/test-server.js";

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  describe.skipIf(engine.missing !== undefined)("files of leads", () => {
    let server: TestServer;
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "recallkit-leads-"));
      server = await startTestServer({ DATABASE_URL: await engine.newUrl(folder) });
      await server.post("/api/packages", { name: "包" });
      await server.post("/api/packages/1/tasks", { task_name: "任务" });
    });
    afterEach(async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    });

    type Import = {
      id: number;
      state: string;
      result: Record<string, unknown>;
      guess: { mapping: object; missing: string[] };
    };

    /** Imports a file as it was understood, with options of its mapping added. */
    async function imported(kind: string, csv: string, options: object = {}) {
      const headers = { authorization: `Bearer ${server.token}`, "content-type": "text/csv" };
      const look = (await server.request("POST", `/api/imports?kind=${kind}`, { headers, body: csv })).json as Import;
      const put = await server.call("PUT", `/api/imports/${look.id}/mapping`, {
        body: { mapping: { ...look.guess.mapping, ...options } },
      });
      expect([put.status, (put.json as Import).guess.missing]).toEqual([200, []]);
      await server.post(`/api/imports/${look.id}/start`);
      const read = async () => (await server.get(`/api/imports/${look.id}`)).json as Import;
      await vi.waitFor(async () => expect((await read()).state).toBe("done"), { timeout: 60_000, interval: 50 });
      return { ...(await read()), missing: look.guess.missing };
    }
    const rejects = async (id: number) =>
      (await server.get(`/api/imports/${id}/rejects`)).text.split("\r\n").slice(1, -1);

    test("calls are imported once, replaced when the file says something else, and wrong rows are told of", async () => {
      const head = "通话编号,手机号,拨打时间,时长,通话结果,是否有意向,备注,渠道";
      const rows = [
        "1,13800138001,2026-01-05 09:30:00,60,接通,是,'=1+1,百度",
        "2,13800138002,2026/1/5 10:00,0,无人接听,,,百度",
        "3,1380,2026-01-05 11:00:00,0,占线,,,",
        "4,13800138004,昨天,0,占线,,,",
        "5,13800138005,2026-01-05 12:00:00,30,拒接,,,",
        "6,13800138006,2026-01-05 12:00:00,-5,接通,,,",
        "7,13800138007,2026-01-05 12:00:00,5,聊了,,,",
      ];
      const csv = (lines: readonly string[]) => [head, ...lines].join("\n");
      const options = { task_id: 1, tags: { 渠道: "渠道" } };
      const first = await imported("calls", csv(rows), options);
      expect(first.missing).toEqual(["task_id"]);
      expect(first.result).toMatchObject({ rows: 7, inserted: 2, rejected_rows: 5 });
      const wrong = (await rejects(first.id)).map((line) => line.split(",").slice(9, 11).join(" "));
      expect(wrong).toEqual([
        "phone_number call.phone",
        "call_time time.invalid",
        "duration call.duration",
        "duration too_small",
        "result invalid_value",
      ]);
      const stats = async () => (await server.get("/api/metrics/package/1/stats")).json;
      expect(await stats()).toMatchObject({
        total_calls: 2,
        connected_calls: 1,
        interested_calls: 1,
        tags: [{ tag_name: "渠道", tag_value: "百度", tag_count: 2, percentage: 1 }],
        hours: [
          { weekday: 1, hour: 9 },
          { weekday: 1, hour: 10 },
        ],
      });
      expect((await imported("calls", csv(rows), options)).result).toMatchObject({
        inserted: 0,
        updated: 0,
        unchanged: 2,
      });
      const corrected = [...rows.slice(0, 1), "2,13800138002,2026/1/5 10:00,20,接通,是,,必应"];
      expect((await imported("calls", csv(corrected), options)).result).toMatchObject({
        inserted: 0,
        updated: 1,
        unchanged: 1,
      });
      expect(await stats()).toMatchObject({
        total_calls: 2,
        interested_calls: 2,
        tags: [{ tag_count: 1 }, { tag_count: 1 }],
      });
    });

    test("leads are imported into a package, and what was exported can be imported again", async () => {
      const csv =
        "姓名,手机号,城市\n王女士,138 0013 9001,南京\n李先生,+86 138-0013-9002,苏州\n坏号,123,无锡\n王女士,13800139001,南京";
      const { result } = await imported("leads", csv, { package_id: 1 });
      expect(result).toMatchObject({ rows: 4, inserted: 2, unchanged: 1, rejected_rows: 1 });
      const { text } = await server.get("/api/packages/1/leads/export");
      expect(text).toContain("'+8613800139001,王女士");
      const again = await imported("leads", text.replace("\ufeff", ""), { package_id: 1 });
      expect(again.result).toMatchObject({ inserted: 0, unchanged: 2, rejected_rows: 0 });
    });

    test("packages are imported by their names", async () => {
      const csv = "数据包名称,来源,线索总数,有效线索数,单价\n华东,线上,100,90,2.5\n华南,线上,10,11,2\n";
      const { result } = await imported("lead_packages", csv);
      expect(result).toMatchObject({ inserted: 1, rejected_rows: 1, rejected: [{ path: "valid_leads" }] });
      expect((await imported("lead_packages", csv)).result).toMatchObject({ inserted: 0, unchanged: 1 });
      const more = await imported("lead_packages", csv.replace("100,90", "200,90"));
      expect(more.result).toMatchObject({ updated: 1 });
      const { items } = (await server.get("/api/packages?search=华东")).json as { items: object[] };
      expect(items).toMatchObject([{ total_leads: 200, total_cost: 500 }]);
    });

    test("a mapping with an unknown column or option is refused with its path", async () => {
      const headers = { authorization: `Bearer ${server.token}`, "content-type": "text/csv" };
      const { id } = (await server.request("POST", "/api/imports?kind=calls", { headers, body: "a,b\n1,2\n" }))
        .json as Import;
      for (const [mapping, path] of [
        [{ version: 1, kind: "calls", columns: { phone_number: "c" } }, "columns.phone_number"],
        [{ version: 1, kind: "calls", columns: {}, colour: "red" }, "mapping.colour"],
      ] as const) {
        const { status, json } = await server.call("PUT", `/api/imports/${id}/mapping`, { body: { mapping } });
        expect([status, (json as { errors: { path: string }[] }).errors[0]?.path]).toEqual([400, path]);
      }
      expect((await server.post(`/api/imports/${id}/start`)).status).toBe(422);
    });
  });
});
