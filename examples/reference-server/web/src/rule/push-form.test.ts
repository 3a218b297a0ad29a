import { expect, test } from "vitest";
import { bodyOf, bytesOf, countableBody, dayAfter, emptyForm, formOf, sortedSlots } from "./push-form";
import type { PushInfo } from "./pushes";

const info: PushInfo = {
  ...{ id: 4, name: "召回", status: 0, startDate: "2026-11-01", endDate: "2026-12-31" },
  weekDayPushTime: [
    { week: 5, time: "16:00" },
    { week: 1, time: "10:00" },
  ],
  ...{ cityLabels: "上海,北京", storeLabels: "", brandLabels: "蓝氏", cateLabels: "", skuLabels: "" },
  attributes: [{ name: "会员等级", in: ["金卡"] }],
  ...{ lastOrderDay: 30, lastOrderDayLimit: null, content: "喵", img: "", miniProgramTitle: "", miniProgramImg: "" },
  ...{
    miniProgramUrl: "",
    link: null,
    video: null,
    file: null,
    attachments: [],
    sender: "",
    senders: [],
    fallback: [],
  },
  ...{ fallbackAfterHours: null, allCustomers: false, otherConditions: false, labelMode: "any" },
  ...{
    recencyMode: "last_order",
    messageClass: "marketing",
    batchPauseSeconds: 0,
    alertFailureRate: null,
    segmentId: null,
  },
  ...{ version: 3, createTime: "", usefulTime: "", lastRun: null, nextRun: null },
};

test("what the form does not show is written back as it was read", () => {
  const body = bodyOf(formOf(info), info);
  expect(body).toMatchObject({ cityLabels: "上海,北京", lastOrderDay: 30, lastOrderDayLimit: null });
  expect(body).toMatchObject({ attributes: info.attributes, alertFailureRate: null, sender: "", segmentId: null });
  expect(bodyOf(formOf({ ...info, segmentId: 7 }), info)).toMatchObject({ segmentId: 7 });
  expect(body.weekDayPushTime.map(({ week }) => week)).toEqual([1, 5]);
});

test("times are in the order of the week, each once", () => {
  const slot = { week: 1, time: "10:00" };
  expect(sortedSlots([{ week: 7, time: "09:00" }, slot, slot, { week: 1, time: "09:30" }])).toEqual([
    { week: 1, time: "09:30" },
    slot,
    { week: 7, time: "09:00" },
  ]);
});

test("an unfinished form can be counted, and stays unfinished", () => {
  const form = emptyForm("2026-11-30");
  expect(countableBody(form)).toMatchObject({ name: "—", content: "—" });
  expect(countableBody(form).weekDayPushTime).toHaveLength(1);
  expect(bodyOf(form)).toMatchObject({ name: "", content: "", weekDayPushTime: [] });
});

test("ninety days later, over the end of a year; bytes as UTF-8", () => {
  expect(dayAfter("2026-11-30", 90)).toBe("2027-02-28");
  expect(bytesOf("喵～a")).toBe(7);
});
