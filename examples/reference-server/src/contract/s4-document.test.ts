import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../testing/test-server.js";

// Bodies and answers as the document prints them, in its order; `...` of the document stands for the fields of `create`.
const CREATE = `{
  "name": "45天未购买用户召回",
  "status": 0,
  "startDate": "2024-01-01",
  "endDate": "2024-12-31",
  "weekDayPushTime": [
    { "week": 1, "time": "10:00" },
    { "week": 3, "time": "14:00" },
    { "week": 5, "time": "16:00" }
  ],
  "cityLabels": "上海,北京,苏州",
  "storeLabels": "1001,1002",
  "brandLabels": "蓝氏,皇家",
  "cateLabels": "1001,1002",
  "skuLabels": "SKU001,SKU002",
  "lastOrderDay": 30,
  "lastOrderDayLimit": 45,
  "content": "喵～主人，猫砂告急...",
  "img": "https://oss.example.com/image.jpg",
  "miniProgramTitle": "宠本本优惠专场",
  "miniProgramImg": "https://oss.example.com/mini.jpg",
  "miniProgramUrl": "pages/home/feature/index?alias=xxx"
}`;
const EDIT = CREATE.replace("{", '{ "id": 1,').replace("45天未购买用户召回", "45天未购买用户召回-修改版");
const STATUS = '{ "id": 1, "status": 1 }';
const LISTS = `{
  "searchText": "召回",
  "startTime": "2024-01-01",
  "endTime": "2099-12-31",
  "page": 1,
  "pagesize": 10
}`;
const INFO = '{ "id": 1 }';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    MEDIA_HOSTS: "oss.example.com",
    WECOM_MINI_PROGRAM_APP_ID: "wx0123456789abcdef",
  });
});
afterAll(() => server.close());

async function post(path: string, body?: string) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${server.token}` };
  const answer = await server.request("POST", path, { headers, ...(body !== undefined && { body }) });
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.json as { success: boolean; data: Record<string, unknown> };
}

test("every example of the document works as printed, in its order", async () => {
  const done = { success: true, data: true };
  expect(await post("/wechatpush/create", CREATE)).toEqual(done);
  expect(await post("/wechatpush/edit", EDIT)).toEqual(done);
  expect(await post("/wechatpush/editstatus", STATUS)).toEqual(done);

  const { success, data: list } = await post("/wechatpush/lists", LISTS);
  expect([success, Object.keys(list)]).toEqual([true, ["data", "total", "page", "pagesize", "pages"]]);
  expect(list).toMatchObject({ total: 1, page: 1, pagesize: 10, pages: 1 });
  const [row] = list.data as Record<string, unknown>[];
  expect(row).toEqual({
    id: 1,
    name: "45天未购买用户召回-修改版",
    createTime: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    status: 1,
    usefulTime: "2024-01-01~2024-12-31",
    // Added.
    lastRun: null,
    nextRun: null,
  });

  const { data: info } = await post("/wechatpush/info", INFO);
  const { id, ...documented } = JSON.parse(EDIT) as Record<string, unknown>;
  expect(info).toMatchObject({ id, ...documented, status: 1 });
  const added = Object.keys(info).filter((key) => key !== "id" && !(key in documented));
  expect(added.sort()).toEqual([
    "alertFailureRate",
    "allCustomers",
    "attachments",
    "attributes",
    "batchPauseSeconds",
    "createTime",
    "fallback",
    "fallbackAfterHours",
    "file",
    "labelMode",
    "lastRun",
    "link",
    "messageClass",
    "nextRun",
    "otherConditions",
    "recencyMode",
    "segmentId",
    "sender",
    "senders",
    "usefulTime",
    "version",
    "video",
  ]);

  const { kit } = server.context;
  await kit.customers.upsert(["上海", "北京", "苏州"].map((city, n) => ({ externalKey: `c${n}`, city })));
  await kit.labels.put([
    { kind: "store", key: "1001", name: "上海仓" },
    { kind: "store", key: "1002", name: "北京仓" },
    { kind: "category", key: "2001", name: "猫粮" },
    { kind: "category", key: "2002", name: "猫砂" },
    ...["蓝氏", "皇家", "渴望"].map((key) => ({ kind: "brand" as const, key })),
  ]);
  const { data: labels } = await post("/wechatpush/labels");
  expect(labels).toMatchObject({
    cityLabels: expect.arrayContaining(["上海", "北京", "苏州"]),
    storeLabels: [
      { id: "1001", name: "上海仓" },
      { id: "1002", name: "北京仓" },
    ],
    cateLabels: [
      { id: "2001", name: "猫粮" },
      { id: "2002", name: "猫砂" },
    ],
    brandLabels: expect.arrayContaining(["蓝氏", "皇家", "渴望"]),
  });
});
