/** Something that the sample shop sells. */
export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly brand: string;
  /** Bind id and name. */
  readonly category: { readonly key: string; readonly name: string };
  /** Price of one, in yuan with at most two decimals. */
  readonly price: number;
}

/** A city with the store that serves it; `weight` is its share of the customers. */
export interface City {
  readonly name: string;
  readonly store: { readonly key: string; readonly name: string };
  readonly weight: number;
}

const SHANGHAI = { key: "1001", name: "上海仓" };
const BEIJING = { key: "1002", name: "北京仓" };
const GUANGZHOU = { key: "1003", name: "广州仓" };
const CHENGDU = { key: "1004", name: "成都仓" };

export const cities: readonly City[] = [
  { name: "上海", store: SHANGHAI, weight: 24 },
  { name: "北京", store: BEIJING, weight: 20 },
  { name: "苏州", store: SHANGHAI, weight: 11 },
  { name: "杭州", store: SHANGHAI, weight: 12 },
  { name: "广州", store: GUANGZHOU, weight: 11 },
  { name: "深圳", store: GUANGZHOU, weight: 9 },
  { name: "成都", store: CHENGDU, weight: 8 },
  { name: "武汉", store: CHENGDU, weight: 5 },
];

const FOOD = { key: "2001", name: "猫粮" };
const LITTER = { key: "2002", name: "猫砂" };
const TINS = { key: "2003", name: "猫罐头" };
const TREATS = { key: "2004", name: "猫零食" };
const TOYS = { key: "2005", name: "猫玩具" };
const CARE = { key: "2006", name: "洗护用品" };

const lines: readonly (readonly [brand: string, category: Product["category"], name: string, price: number])[] = [
  ["蓝氏", FOOD, "猎鸟乳鸽全价猫粮 1.5kg", 139],
  ["蓝氏", FOOD, "成猫冻干双拼粮 5kg", 329],
  ["蓝氏", TINS, "鸡肉慕斯主食罐 80g×12", 118.8],
  ["蓝氏", TREATS, "鸡胸肉冻干 60g", 39.9],
  ["皇家", FOOD, "室内成猫粮 2kg", 155],
  ["皇家", FOOD, "幼猫奶糕 2kg", 172],
  ["皇家", FOOD, "绝育猫粮 3.5kg", 286.5],
  ["皇家", TINS, "成猫浓汤肉块 85g×12", 96],
  ["渴望", FOOD, "六种鱼猫粮 1.8kg", 289],
  ["渴望", FOOD, "鸡肉猫粮 5.4kg", 698],
  ["渴望", TREATS, "三文鱼冻干 85g", 109],
  ["喵趣屋", LITTER, "豆腐猫砂 2.4kg×4", 79.6],
  ["喵趣屋", LITTER, "混合猫砂 3.6kg×3", 85.5],
  ["喵趣屋", TREATS, "金枪鱼猫条 14g×20", 35.9],
  ["喵趣屋", TOYS, "瓦楞纸猫抓板", 29.9],
  ["净爪", LITTER, "膨润土猫砂 10kg", 49.9],
  ["净爪", LITTER, "活性炭除臭猫砂 6L×2", 66],
  ["净爪", CARE, "免洗干洗泡沫 150ml", 45],
  ["净爪", CARE, "宠物湿巾 80抽×3", 32.7],
  ["毛球星", TOYS, "自动逗猫激光球", 88],
  ["毛球星", TOYS, "羽毛逗猫棒", 15.9],
  ["毛球星", TINS, "白肉汤罐 85g×24", 139.2],
];

export const products: readonly Product[] = lines.map(([brand, category, name, price], index) => ({
  sku: `SKU${String(index + 1).padStart(3, "0")}`,
  name: `${brand}${name}`,
  brand,
  category,
  price,
}));

const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许邓冯韩曹曾彭肖蔡潘田董袁于余";
const givenNames = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉梅雪婷浩宇轩子涵梓欣怡佳晨思远若彤一诺";

/** A Chinese name. @param pick gives a number in [0, 1) */
export function personName(pick: () => number): string {
  const one = (text: string) => text[Math.floor(pick() * text.length)] ?? "";
  const given = one(givenNames);
  return one(surnames) + given + (pick() < 0.7 ? one(givenNames) : "");
}
