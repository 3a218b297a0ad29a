import { expect, test } from "vitest";
import { signOf } from "../simulator/pushes.js";
import { readYunpianReply, readYunpianReports } from "./callbacks.js";

const reply = (fields: Record<string, string>) => new URLSearchParams({ sms_reply: JSON.stringify(fields) });

test("a reply is taken with its signature only", () => {
  const fields = {
    base_extend: "8888",
    extend: "01",
    id: "2a70c6bb4f2845da816ea1bfe5732747",
    mobile: "15205201314",
    reply_time: "2014-03-17 22:55:21",
    text: "收到了，谢谢！",
  };
  // The vendor's own example.
  const _sign = "393d079e0a00912335adfe46f4a2e10f";
  expect(signOf(fields, "0000")).toBe(_sign);
  expect(readYunpianReply(reply({ ...fields, _sign }), "0000")).toEqual({
    id: fields.id,
    from: "+8615205201314",
    text: fields.text,
    at: Date.parse("2014-03-17T22:55:21+08:00"),
    extend: "01",
  });
  expect(readYunpianReply(reply({ ...fields, _sign }), "1111")).toBeUndefined();
  expect(readYunpianReply(reply({ ...fields, text: "R", _sign }), "0000")).toBeUndefined();
  expect(readYunpianReply(reply(fields), "0000")).toBeUndefined();
});

test("reports are read with ids of 64 bits, encoded once or twice", () => {
  const json =
    '[{"sid":9223372036854775807,"uid":null,"mobile":"15205201314","report_status":"SUCCESS","error_msg":"DELIVRD","user_receive_time":"2014-03-17 22:55:21"},' +
    '{"sid":2,"mobile":"15205201315","report_status":"FAIL","error_msg":"DB:0103"},{"sid":3,"mobile":"15205201316","report_status":"UNKNOWN"}]';
  const expected = [
    {
      providerMessageId: "9223372036854775807",
      address: "+8615205201314",
      kind: "delivered",
      at: Date.parse("2014-03-17T22:55:21+08:00"),
    },
    { providerMessageId: "2", address: "+8615205201315", kind: "not_delivered", reason: "DB:0103" },
  ];
  expect(readYunpianReports(new URLSearchParams({ sms_status: json }))).toEqual(expected);
  expect(readYunpianReports(new URLSearchParams({ sms_status: encodeURIComponent(json) }))).toEqual(expected);
  expect(["", "{}", "[1]", "%%%"].map((text) => readYunpianReports(new URLSearchParams({ sms_status: text })))).toEqual(
    Array(4).fill(undefined),
  );
});
