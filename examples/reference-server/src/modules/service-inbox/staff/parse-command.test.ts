import { describe, expect, test } from "vitest";
import { readCommand } from "./parse-command.js";

describe("a command is read", () => {
  test.each([
    [
      "#记录客户 张三 13800138000 净水器",
      { name: "record_customer", phone: "+8613800138000", words: ["张三", "净水器"] },
    ],
    ["＃记录客户，１３８００１３８０００，张三", { name: "record_customer", phone: "+8613800138000", words: ["张三"] }],
    ["#记录客户张三13800138000", { name: "record_customer", phone: "+8613800138000", words: ["张三"] }],
    ["# 记录 客户 张三 138 0013 8000", { name: "record_customer", phone: "+8613800138000", words: ["张三"] }],
    ["张三 13800138000 #记录客户", { name: "record_customer", phone: "+8613800138000", words: ["张三"] }],
    ["#查询进度#3", { name: "query_progress", number: 3, words: [] }],
    ["13800138000 #查询进度", { name: "query_progress", phone: "+8613800138000", words: [] }],
    ["#转接工程师 @lisi 12 需要上门", { name: "transfer_engineer", number: 12, member: "lisi", words: ["需要上门"] }],
    ["#问题已解决12号 换了密封圈", { name: "solved", number: 12, words: ["换了密封圈"] }],
    ["##已解决 12", { name: "solved", number: 12, words: [] }],
    ["#幫助", { name: "help", words: [] }],
    ["#?", { name: "help", words: [] }],
  ] as const)("%s", (text, command) => {
    expect(readCommand(text)).toMatchObject({ kind: "command", command });
  });

  test.each([
    ["#", "unknown"],
    ["#删除一切", "unknown"],
    ["#😂", "unknown"],
    ["#12 记录", "unknown"],
    ["查询进度 12", "none"],
    ["工单 #12 的客户在等", "none"],
    ["", "none"],
  ] as const)("%s is %s", (text, kind) => {
    expect(readCommand(text).kind).toBe(kind);
  });
});
