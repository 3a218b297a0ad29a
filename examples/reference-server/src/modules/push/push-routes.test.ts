import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { createExample } from "./examples.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    MEDIA_HOSTS: "oss.example.com",
    WECOM_MINI_PROGRAM_APP_ID: "wx0123456789abcdef",
  });
});
afterAll(() => server.close());

const done = { success: true, data: true };

let names = 0;
function push(fields: Readonly<Record<string, unknown>> = {}) {
  const body: typeof createExample = { ...createExample, name: `推送 ${++names}`, ...fields };
  return body;
}

async function create(fields: Readonly<Record<string, unknown>> = {}): Promise<number> {
  return store(push(fields));
}

async function store(body: { readonly name: string }): Promise<number> {
  expect((await server.post("/wechatpush/create", body)).json).toEqual(done);
  const list = await server.post("/wechatpush/lists", { searchText: body.name });
  return idOf(list.json);
}

function idOf(list: unknown): number {
  return (list as { data: { data: { id: number }[] } }).data.data[0]?.id ?? 0;
}

async function info(id: number): Promise<Record<string, unknown>> {
  return ((await server.post("/wechatpush/info", { id })).json as { data: Record<string, unknown> }).data;
}

describe("the documented requests", () => {
  test("create takes the documented body and info gives it back", async () => {
    expect((await server.post("/wechatpush/create", createExample)).json).toEqual(done);
    const list = await server.post("/wechatpush/lists", { searchText: "45天未购买", page: 1, pagesize: 10 });
    const id = idOf(list.json);

    expect(list.json).toMatchObject({
      success: true,
      data: {
        data: [{ id, name: "45天未购买用户召回", status: 0, usefulTime: "2024-01-01~2024-12-31" }],
        total: 1,
        page: 1,
        pagesize: 10,
        pages: 1,
      },
    });
    expect(await info(id)).toMatchObject({ id, ...createExample });
  });

  test("createTime is local time to the second", async () => {
    const { createTime } = await info(await create());
    expect(createTime).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });

  test("edit takes what info returned, and counts versions", async () => {
    const id = await create();
    const before = await info(id);
    const edited = await server.post("/wechatpush/edit", {
      ...before,
      name: "45天未购买用户召回-修改版",
      cityLabels: "苏州",
    });
    expect(edited.json).toEqual(done);
    expect(await info(id)).toEqual({
      ...before,
      name: "45天未购买用户召回-修改版",
      cityLabels: "苏州",
      version: 2,
    });
  });

  test("editstatus pauses and resumes; a paused push has no next run", async () => {
    const id = await create({ startDate: "2020-01-01", endDate: "2099-12-31" });
    expect(await info(id)).toMatchObject({ status: 0, nextRun: expect.stringMatching(/^\d{4}-/) });
    expect((await server.post("/wechatpush/editstatus", { id, status: 1 })).json).toEqual(done);
    expect(await info(id)).toMatchObject({ status: 1, nextRun: null });
    expect((await server.post("/wechatpush/editstatus", { id, status: 0 })).json).toEqual(done);
    expect(await info(id)).toMatchObject({ status: 0 });
  });

  test("an edit without a status keeps the present one", async () => {
    const id = await create({ status: 1 });
    const { status: _, ...rest } = push();
    await server.post("/wechatpush/edit", { id, ...rest });
    expect(await info(id)).toMatchObject({ status: 1 });
  });

  test("labels lists the library in the documented keys", async () => {
    const { kit } = server.context;
    await kit.customers.upsert([{ externalKey: "c1" }]);
    await kit.labels.assign([{ externalKey: "c1", kind: "city", key: "上海" }]);
    const line = {
      sku: { key: "SKU001", name: "全价冻干" },
      category: { key: "2001", name: "猫粮" },
      store: { key: "1001", name: "上海仓" },
      brand: "蓝氏",
    };
    const order = { externalId: "o1", externalKey: "c1", orderedAt: "2024-01-01 10:00:00", amount: 10, lines: [line] };
    await kit.orders.ingest([order], { source: "shop" });

    expect((await server.post("/wechatpush/labels")).json).toEqual({
      success: true,
      data: {
        cityLabels: ["上海"],
        storeLabels: [{ id: "1001", name: "上海仓" }],
        cateLabels: [{ id: "2001", name: "猫粮" }],
        brandLabels: ["蓝氏"],
        skuLabels: [{ id: "SKU001", name: "全价冻干" }],
        nextSkuAfter: null,
      },
    });
  });

  test("labels needs no body", async () => {
    const headers = { authorization: `Bearer ${server.token}` };
    expect((await server.request("POST", "/wechatpush/labels", { headers })).status).toBe(200);
  });

  test("run is refused outside the validity unless forced", async () => {
    const id = await create({});
    const refused = await server.post("/wechatpush/run", { id });
    expect([refused.status, refused.json]).toEqual([
      409,
      {
        success: false,
        message: "推送不在有效期内；确需执行请设 force 为 true",
        errors: [{ path: "id", message: "推送不在有效期内；确需执行请设 force 为 true" }],
      },
    ]);
    expect((await server.post("/wechatpush/run", { id, force: false })).status).toBe(409);
    expect((await server.post("/wechatpush/run", { id, force: true })).status).toBe(200);
    expect((await server.post("/wechatpush/run", { id, force: "yes" })).status).toBe(400);
  });

  test("run answers with an occurrence, and the same key with the same one", async () => {
    const id = await create({
      endDate: "2099-12-31",
      cityLabels: "",
      lastOrderDay: null,
      lastOrderDayLimit: null,
      storeLabels: "",
      brandLabels: "",
      cateLabels: "",
      skuLabels: "",
      allCustomers: true,
    });
    const key = { "idempotency-key": "order-77" };
    const first = await server.post("/wechatpush/run", { id }, key);
    const again = await server.post("/wechatpush/run", { id }, key);
    const other = await server.post("/wechatpush/run", { id });

    expect(first.json).toMatchObject({ success: true, data: { occurrenceId: expect.any(Number) } });
    expect(again.json).toEqual(first.json);
    expect(other.json).not.toEqual(first.json);
  });

  test("delete hides a push and frees its name", async () => {
    const body = push();
    const id = await create(body);
    expect((await server.post("/wechatpush/delete", { id })).json).toEqual(done);
    expect((await server.post("/wechatpush/info", { id })).status).toBe(404);
    expect((await server.post("/wechatpush/create", body)).json).toEqual(done);
  });
});

describe("what is stored", () => {
  test("label lists take full-width commas, blanks and repeats, and are echoed canonically", async () => {
    const id = await create({ cityLabels: " 上海，北京 ,, 上海,", skuLabels: "，" });
    expect(await info(id)).toMatchObject({ cityLabels: "上海,北京", skuLabels: "" });
  });

  test("absent fields come back as empty texts and nulls", async () => {
    const body = {
      name: "只有文本",
      startDate: "2024-01-07",
      endDate: "2024-01-07",
      weekDayPushTime: [{ week: 7, time: "23:59" }],
      cityLabels: "上海",
      content: "回来看看",
    };
    expect(await info(await store(body))).toMatchObject({
      status: 0,
      storeLabels: "",
      img: "",
      miniProgramTitle: "",
      miniProgramImg: "",
      miniProgramUrl: "",
      lastOrderDay: null,
      lastOrderDayLimit: null,
      allCustomers: false,
      labelMode: "any",
      recencyMode: "last_order",
      messageClass: "marketing",
      lastRun: null,
    });
  });

  test("the added fields are kept", async () => {
    const added = { labelMode: "grouped", recencyMode: "any_order", messageClass: "transactional" };
    expect(await info(await create(added))).toMatchObject(added);
  });

  test("link cards, videos, files and up to nine attachments are kept beside the documented fields", async () => {
    const added = {
      link: { title: "夏季上新", url: "https://shop.example/new", description: "全场八折" },
      video: "https://oss.example.com/clip.mp4",
      file: { url: "https://oss.example.com/list.pdf", name: "价目表.pdf" },
      attachments: [
        { image: "https://oss.example.com/a.jpg" },
        { link: { title: "领券", url: "{{recall_link}}" } },
        { miniProgram: { title: "专场", image: "https://oss.example.com/m.jpg", page: "pages/home" } },
        { video: "https://oss.example.com/b.mp4" },
      ],
      sender: "zhangsan",
    };
    const id = await create(added);
    expect(await info(id)).toMatchObject({
      ...added,
      img: createExample.img,
      miniProgramUrl: createExample.miniProgramUrl,
    });
    const edited = await server.post("/wechatpush/edit", (await info(id)) as object);
    expect([edited.status, await info(id)]).toMatchObject([200, added]);
  });

  test("members who send by follow relation are kept, and go without a named one", async () => {
    const id = await create({ senders: ["anna", "ben"] });
    expect(await info(id)).toMatchObject({ sender: "", senders: ["anna", "ben"] });
    const edited = await server.post("/wechatpush/edit", { ...((await info(id)) as object), senders: [] });
    expect([edited.status, await info(id)]).toMatchObject([200, { senders: [] }]);
    const both = await server.post("/wechatpush/create", { ...createExample, sender: "anna", senders: ["ben"] });
    expect([both.status, both.json]).toMatchObject([400, { success: false, errors: [{ path: "senders" }] }]);
    const empty = await server.post("/wechatpush/create", { ...createExample, senders: [""] });
    expect([empty.status, empty.json]).toMatchObject([400, { errors: [{ path: "senders.0" }] }]);
  });

  test("channels to fall back to are kept, and an edit without them leaves them alone", async () => {
    const added = { fallback: [{ channel: "sms", content: "【小店】回来看看" }], fallbackAfterHours: 12 };
    const id = await create(added);
    expect(await info(id)).toMatchObject(added);
    const { fallback: _, fallbackAfterHours: __, ...rest } = (await info(id)) as Record<string, unknown>;
    await server.post("/wechatpush/edit", rest);
    expect(await info(id)).toMatchObject(added);
    await server.post("/wechatpush/edit", { ...rest, fallback: [], fallbackAfterHours: null });
    expect(await info(id)).toMatchObject({ fallback: [], fallbackAfterHours: null });
  });

  test("line ends become LF and text is trimmed", async () => {
    expect(await info(await create({ content: " 一\r\n二\r三 " }))).toMatchObject({ content: "一\n二\n三" });
  });
});

describe("lists", () => {
  test("page sizes outside 1 to 200 are moved to the nearer end", async () => {
    const large = await server.post("/wechatpush/lists", { pagesize: 5000, page: 0 });
    expect(large.json).toMatchObject({ data: { pagesize: 200, page: 1 } });
    const small = await server.post("/wechatpush/lists", { pagesize: 0 });
    expect(small.json).toMatchObject({ data: { pagesize: 1 } });
  });

  test("a page beyond the last is empty", async () => {
    expect((await server.post("/wechatpush/lists", { page: 9999 })).json).toMatchObject({
      data: { data: [], page: 9999 },
    });
  });

  test("search takes % and _ literally", async () => {
    await create({ name: "满100%减_10" });
    expect((await server.post("/wechatpush/lists", { searchText: "%减_" })).json).toMatchObject({ data: { total: 1 } });
    expect((await server.post("/wechatpush/lists", { searchText: "1_0" })).json).toMatchObject({ data: { total: 0 } });
  });

  test("startTime and endTime take the creation day, both ends in", async () => {
    const { createTime } = await info(await create({ name: "今天创建" }));
    const today = String(createTime).slice(0, 10);
    const filter = { searchText: "今天创建", startTime: today, endTime: today };
    expect((await server.post("/wechatpush/lists", filter)).json).toMatchObject({ data: { total: 1 } });
    const past = { ...filter, startTime: "2000-01-01", endTime: "2000-12-31" };
    expect((await server.post("/wechatpush/lists", past)).json).toMatchObject({ data: { total: 0, pages: 0 } });
  });

  test("empty filters mean no filter", async () => {
    const answer = await server.post("/wechatpush/lists", { searchText: "", startTime: "", endTime: null });
    expect(answer.status).toBe(200);
  });
});
