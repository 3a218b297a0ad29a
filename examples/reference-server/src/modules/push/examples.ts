/** Requests and answers that the documentation shows. */
export const createExample = {
  name: "45天未购买用户召回",
  status: 0 as const,
  startDate: "2024-01-01",
  endDate: "2024-12-31",
  weekDayPushTime: [
    { week: 1, time: "10:00" },
    { week: 3, time: "14:00" },
    { week: 5, time: "16:00" },
  ],
  cityLabels: "上海,北京,苏州",
  storeLabels: "1001,1002",
  brandLabels: "蓝氏,皇家",
  cateLabels: "1001,1002",
  skuLabels: "SKU001,SKU002",
  lastOrderDay: 30,
  lastOrderDayLimit: 45,
  content: "喵～主人，猫砂告急...",
  img: "https://oss.example.com/image.jpg",
  miniProgramTitle: "宠本本优惠专场",
  miniProgramImg: "https://oss.example.com/mini.jpg",
  miniProgramUrl: "pages/home/feature/index?alias=xxx",
};

const times = {
  createTime: "2024-01-01 10:00:00",
  usefulTime: "2024-01-01~2024-12-31",
  lastRun: "2024-01-05 16:00:00",
  nextRun: "2024-01-08 10:00:00",
};

export const infoExample = {
  id: 1,
  ...createExample,
  link: null,
  video: null,
  file: null,
  attachments: [],
  sender: "",
  senders: [],
  fallback: [],
  fallbackAfterHours: null,
  attributes: [{ name: "会员等级", in: ["金卡"] }],
  segmentId: null,
  allCustomers: false,
  otherConditions: false,
  labelMode: "any" as const,
  recencyMode: "last_order" as const,
  messageClass: "marketing" as const,
  batchPauseSeconds: 0,
  alertFailureRate: 0.2,
  version: 1,
  ...times,
};

export const listExample = {
  data: [{ id: 1, name: createExample.name, status: 0 as const, ...times }],
  total: 100,
  page: 1,
  pagesize: 10,
  pages: 10,
};

export const labelsExample = {
  cityLabels: ["上海", "北京", "苏州"],
  storeLabels: [
    { id: "1001", name: "上海仓" },
    { id: "1002", name: "北京仓" },
  ],
  cateLabels: [
    { id: "2001", name: "猫粮" },
    { id: "2002", name: "猫砂" },
  ],
  brandLabels: ["蓝氏", "皇家", "渴望"],
  skuLabels: [{ id: "SKU001", name: "全价冻干猫粮 2kg" }],
  nextSkuAfter: null,
};

const {
  id: _id,
  status: _status,
  version,
  createTime,
  usefulTime: _useful,
  lastRun: _last,
  nextRun: _next,
  ...push
} = infoExample;
export const versionExample = { version, editTime: createTime, ...push };

export const previewExample = {
  count: 1000,
  steps: [
    { name: "customers" as const, count: 4338 },
    { name: "window" as const, count: 1200 },
    { name: "labels" as const, count: 1000 },
    { name: "reachable" as const, count: 980 },
  ],
  sample: [{ customerId: 17, customerKey: "17850" }],
  warnings: [{ code: "content.no-marker", message: "没有链接或小程序卡片，答复丢失时无法核实" }],
  batches: 1,
  asked: 1000,
  contacted: 940,
  reasons: { no_address: 20, opt_out: 10, frequency_cap: 30 },
  segments: null,
  as_of: 1_767_225_600_000,
  content_hash: "5b1c3f7a9d2e4c60",
};

export const resultsExample = {
  data: [
    {
      id: 31,
      name: createExample.name,
      result: {
        external_userid: ["wmqfasd1e19278asdasdasd", "wmqfasd1e192jdsja73h"],
        left_out: [{ external_userid: "wmqfasd1e19rk2m81xn", state: "suppressed" as const, reason: "frequency_cap" }],
        content: createExample.content,
        attachments: [
          {
            msgtype: "miniprogram" as const,
            miniprogram: {
              title: createExample.miniProgramTitle,
              pic_url: createExample.miniProgramImg,
              appid: null,
              page: createExample.miniProgramUrl,
            },
          },
        ],
        add: { errcode: 0, errmsg: "ok", fail_list: ["wmqfasd1e192jdsja73h"], msgid: "msg8cRBDgAA" },
      },
      created_at: "2024-01-01 10:00:03",
      pushId: 1,
      occurrenceId: 7,
      number: 1,
      channel: "wecom",
      state: "accepted" as const,
      reason: null,
    },
  ],
  total: 1,
  page: 1,
  pagesize: 10,
  pages: 1,
};

const day = {
  date: "2024-01-01",
  pushed: 1000,
  succeeded: 950,
  failed: 50,
  accepted: 950,
  delivered: 900,
  notDelivered: 20,
  waiting: 30,
  unknown: 0,
  orders: 120,
  buyers: 100,
  revenueMinor: 1_200_000,
  refundedMinor: 0,
};

export const statisticsExample = {
  推送人数: 1000,
  推送成功人数: 950,
  推送失败人数: 50,
  推送成功率: 0.95,
  产生订单数: 120,
  订单转化率: 120 / 950,
  购买用户数: 100,
  用户转化率: 100 / 950,
  已送达人数: 900,
  待成员确认人数: 30,
  未送达人数: 20,
  结果未知人数: 0,
  送达率: 900 / 950,
  口径: "按触发时间筛选，测试推送不计……",
  audience: 1000,
  accepted: 950,
  delivered: 900,
  notDelivered: 20,
  waiting: 30,
  unknown: 0,
  revenueMinor: 1_200_000,
  refundedMinor: 0,
  netRevenueMinor: 1_200_000,
  currency: "CNY",
  byDay: [day],
  products: [{ sku: "SKU001", name: "全价冻干猫粮 2kg", quantity: 60, orders: 58, buyers: 55, amountMinor: 600_000 }],
};
