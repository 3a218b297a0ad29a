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
  allCustomers: false,
  labelMode: "any" as const,
  recencyMode: "last_order" as const,
  messageClass: "marketing" as const,
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
