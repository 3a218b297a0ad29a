import type { Texts } from "@recallkit/http";

/** Texts of what is wrong with files of institutions and their rows. */
export const revisitImportTexts: Texts = {
  "revisit-import.broken-json": {
    zh: "不是完整的 JSON：第 {line} 行第 {column} 列；请检查文件是否传完",
    en: "is no whole JSON: line {line}, column {column}; check that the file is complete",
  },
  "revisit-import.not-an-array": { zh: "应为 JSON 数组", en: "must be a JSON array" },
  "revisit-import.row-too-long": { zh: "一条记录超过 1 MB", en: "an entry is longer than 1 MB" },
  "revisit-import.file-changed": { zh: "读取时文件发生了变化", en: "the file changed while it was read" },
  "revisit-import.taken": {
    zh: "相同内容正在由其他进程导入",
    en: "Another process imports the same content at this moment",
  },
  "revisit-import.no-folder": {
    zh: "文件夹中没有所需的目录 {name}",
    en: "The folder {name} is not in there",
  },
  "revisit-import.phone": { zh: "不是电话号码", en: "is no phone number" },
  "revisit-import.amount-mismatch": {
    zh: "不等于 单价 × 数量 × 折扣",
    en: "is not unit_price × quantity × discount",
  },
  "revisit-import.total-mismatch": { zh: "不等于各项之和", en: "is not the sum of the items" },
  "revisit-import.duplicate-code": { zh: "编号在文件中重复", en: "stands in the file twice" },
  "revisit-import.future-date": { zh: "日期在将来", en: "lies in the future" },
  "revisit-import.unknown-institution": {
    zh: "编号不以任何机构代码开头",
    en: "begins with the code of no institution",
  },
  "revisit-import.other-institution": { zh: "编号属于其他机构", en: "is of another institution" },
  "revisit-import.unknown-item": { zh: "项目、产品或医生不在目录中", en: "is not in the catalogue" },
  "revisit-import.unknown-record": { zh: "没有这条消费记录", en: "There is no such consumption record" },
};
