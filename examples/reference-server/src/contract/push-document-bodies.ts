// Bodies as the document prints them.

/** Body of `create`. */
export const CREATE = {
  name: "45天未购买用户召回",
  status: 0,
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

/** Body of `edit`, without its id. */
export const EDIT = { ...CREATE, name: "45天未购买用户召回-修改版" };

/** Body of `lists`. */
export const LISTS = { searchText: "召回", startTime: "2024-01-01", endTime: "2099-12-31", page: 1, pagesize: 10 };

/** The library of labels that the document shows. */
export const LABELS = {
  cities: ["上海", "北京", "苏州"],
  library: [
    { kind: "store", key: "1001", name: "上海仓" },
    { kind: "store", key: "1002", name: "北京仓" },
    { kind: "category", key: "2001", name: "猫粮" },
    { kind: "category", key: "2002", name: "猫砂" },
    { kind: "brand", key: "蓝氏" },
    { kind: "brand", key: "皇家" },
  ],
} as const;
