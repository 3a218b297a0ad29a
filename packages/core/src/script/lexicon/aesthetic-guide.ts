import { entriesOf } from "./entries-of.js";

/** Words of the enforcement guide on medical-aesthetic advertising (医疗美容广告执法指南, 市场监管总局公告 2021 年第 37 号). */
export const AESTHETIC_GUIDE = [
  ...entriesOf(
    "anxiety",
    "refuse",
    "医疗美容广告执法指南 重点打击（一）：制造容貌焦虑",
    `
    容貌焦虑 颜值低 丑 黄脸婆 大妈 显老 衰老 变老 老了 年老色衰 人老珠黄 不再年轻 岁月不饶人 岁月痕迹
    岁月的痕迹 时光痕迹 发胖 肥胖 变胖 输在脸上 颜值即正义 颜值决定 看脸的时代 看脸的社会 逆袭 拯救
    丑小鸭 挽回老公 小三 美丽资本 嫁得好 颜值就是 脸就是 女人不狠 对自己狠一点 没人爱 没有女人味 颜值焦虑
    身材焦虑 年龄焦虑 再不保养 再不做 自卑 改变命运 改变人生 变美才能 低能 懒惰 颜值
  `,
  ),
  ...entriesOf(
    "endorsement",
    "refuse",
    "医疗美容广告执法指南 重点打击（六）：“推荐官”“体验官”等为代言人",
    `
    推荐官 体验官 形象大使 首席体验 代言人 种草 网红打卡
  `,
  ),
  ...entriesOf(
    "technique",
    "refuse",
    "医疗美容广告执法指南 重点打击（三）：未经审批、备案的诊疗科目和服务项目",
    `
    黑科技 进口技术 韩国技术 新项目 新品上市 新技术 独创 专利技术 首创
  `,
  ),
];
