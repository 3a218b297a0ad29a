import { isUtf8 } from "node:buffer";
import { RecallKitError } from "@recallkit/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encoded } from "../test-files.js";
import { type EncodingName, textOf } from "./encoding.js";
import { judgeEncoding } from "./judge-encoding.js";

// Words of all kinds, most of their characters not among those that the judge knows as frequent.
const SIMPLIFIED =
  "螺蛳粉 羽绒被 扫地机器人 蓝牙耳机 羊绒围巾 琥珀核桃仁 哈密瓜 榴莲 螃蟹 瑜伽垫 跑步鞋 冲锋衣 婴儿湿巾 蚊帐 燕窝 枸杞 柠檬片 蜂蜜 葡萄酒 矿泉水 欧阳婷婷 司徒嘉豪 慕容雪 诸葛晓峰 呼和浩特 乌鲁木齐 景德镇 秦皇岛 退货运费险 已揽收 待核销 分期免息 满减 尾款 买一赠一 拒收 换新 缺货".split(
    " ",
  );
const TRADITIONAL =
  "鳳梨酥 烏龍茶 滷肉飯 藍牙耳機 羊毛圍巾 嬰兒濕巾 蜂蜜檸檬 葡萄酒 機器人 掃地機 歐陽娜娜 諸葛亮 蔡依林 鄧麗君 嘉義縣 雲林縣 澎湖縣 宜蘭縣 分期付款 免運費 缺貨 退貨 換貨 貨到付款 超商取貨 滿額折抵 禮盒 牛肉麵 珍珠奶茶 豆漿".split(
    " ",
  );
const EUROPEAN =
  "Jürgen|Françoise|José|Ángel|Núñez|François|Hélène|Gonçalves|João|Øystein|Ståle|Björn|Åsa|Günther|Groß|Straßburg|Orléans|Besançon|Córdoba|León|Malmö|Tromsø|Ærøskøbing|café crème|jalapeño|pâté|crêpe|smörgås|£12|price: 5 €|20 °C|“new”".split(
    "|",
  );

const sources: readonly (readonly [EncodingName, readonly string[]])[] = [
  ["gb18030", SIMPLIFIED],
  ["big5", TRADITIONAL],
  ["windows-1252", EUROPEAN],
  ["utf-8", [...SIMPLIFIED, ...TRADITIONAL, ...EUROPEAN]],
];

async function judged(bytes: Buffer): Promise<string> {
  async function* pieces() {
    yield bytes;
  }
  return judgeEncoding("data.csv", pieces).then(
    ({ encoding }) => encoding,
    (error: unknown) => {
      if (RecallKitError.is(error)) return error.code;
      throw error;
    },
  );
}

const tableOf = (words: readonly string[]) => `no,note\n${words.map((word, at) => `${at},${word}\n`).join("")}`;

test.each(sources)("reads words in %s right, or asks", async (encoding, words) => {
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 12 }), async (picked) => {
      const text = tableOf(picked);
      const bytes = encoded(text, encoding);
      const answer = await judged(bytes);
      if (answer === "import.encoding-ambiguous") asked += 1;
      else expect(textOf(bytes, answer as EncodingName)).toBe(text);
    }),
    { numRuns: 500, seed: 7 },
  );
  expect(asked).toBeLessThan(250);
});

test.each(sources)("is certain of a file with all words in %s", async (encoding, words) => {
  expect(await judged(encoded(tableOf(words), encoding))).toBe(encoding);
});

test.each([
  ["euc-kr", "주문번호 고객명 서울특별시 김철수 배송완료"],
  ["shift_jis", "注文番号 カタカナ ひらがな 東京都"],
  ["windows-1251", "Привет Москва заказ Иванов"],
  ["windows-1250", "Łódź Kraków Čapek Dvořák Żółć"],
])("does not take %s for an encoding of its own", async (encoding, words) => {
  expect(await judged(encoded(tableOf(words.split(" ")), encoding))).toMatch(/^import\.encoding-/);
});

test("takes a sign of money before its figure for nothing else", async () => {
  expect(await judged(Buffer.from("no,amount\n1,¥12.50\n2,¥8\n"))).toBe("utf-8");
  // 5楼 of GBK has the same bytes as 5¥.
  expect(await judged(encoded("no,place\n1,5楼\n", "gbk"))).toMatch(/^import\.encoding-/);
});

test("tells GBK from UTF-8 although some of its words are valid in both", async () => {
  // 联通 is the best known of them.
  const words = ["鲁迅", "毛泽", "编号", "门店", "猫"];
  const bytes = encoded(tableOf(words), "gbk");
  expect(isUtf8(bytes)).toBe(false);
  expect(await judged(bytes)).toBe("gb18030");
});

test("finds UTF-16 without a mark in either byte order, also of Chinese alone", async () => {
  for (const encoding of ["utf-16le", "utf-16be"]) {
    expect(await judged(encoded("no,note\n1,一一\n", encoding))).toBe(encoding);
    expect(
      await judged(encoded(`订单编号\t备注\n${"一二三四五六七八九十\t上海门店北京仓库\n".repeat(50)}`, encoding)),
    ).toBe(encoding);
  }
});

test("reads pieces that end within a character", async () => {
  const bytes = encoded(tableOf(SIMPLIFIED), "utf-8");
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 5) yield bytes.subarray(at, at + 5);
  }
  expect(await judgeEncoding("data.csv", pieces)).toEqual({ encoding: "utf-8", isDamaged: false });
});
