import { describe, expect, test } from "vitest";
import { abortedCall, refusedCall, traceId } from "./call-errors.js";
import { ruleOf } from "./error-map.js";

const MESSAGE =
  "not allow to access from your ip, hint: [1680601], from ip: 203.0.113.7, more info at https://x?e=60020";

describe("ruleOf", () => {
  test.each([
    [40014, "AUTH"],
    [42001, "AUTH"],
    [40001, "AUTH"],
    [45009, "RATE_LIMITED"],
    [45033, "RATE_LIMITED"],
    [60020, "CONFIG"],
    [48002, "CONFIG"],
    [41048, "RECIPIENT"],
    [40058, "REQUEST"],
    [40201, "REQUEST"],
    [-1, "BUSY"],
  ] as const)("errcode %i of a mass message is %s", (errcode, effect) => {
    expect(ruleOf(errcode, "effect").effect).toBe(effect);
  });

  test("an errcode nobody knows is a refusal that is not repeated", () => {
    expect(refusedCall("add_msg_template", "effect", 987654, "")).toMatchObject({
      code: "channel.rejected",
      effect: "REQUEST",
      providerCode: "987654",
      retryable: false,
    });
  });

  test.each([40001, 40013, 40091, 41002, 987654])("errcode %i of gettoken is a matter of configuration", (errcode) => {
    expect(ruleOf(errcode, "token").effect).toBe("CONFIG");
  });
});

describe("refusedCall", () => {
  test("a busy server leaves the effect open only where there could be one", () => {
    expect(refusedCall("add_msg_template", "effect", -1, "")).toMatchObject({ effect: "UNKNOWN", retryable: false });
    expect(refusedCall("gettoken", "token", -1, "")).toMatchObject({ effect: "NOT_SENT", retryable: true });
    expect(refusedCall("upload", "harmless", -1, "")).toMatchObject({ effect: "NOT_SENT", retryable: true });
  });

  test("names the address that has to be trusted, and no other part of the message", () => {
    const error = refusedCall("gettoken", "token", 60020, MESSAGE);
    expect(error.hint).toBe("add the address 203.0.113.7 to the app's trusted IP list");
    expect(error.message).toBe("gettoken was refused: errcode 60020");
  });

  test("names the field that WeCom objects to", () => {
    const errmsg = "field `text.content` exceed max length 4000, hint: [1]";
    expect(refusedCall("add_msg_template", "effect", 40058, errmsg).hint).toBe(
      "WeCom objects to the field text.content",
    );
  });

  test("a third reminder has to wait for a day", () => {
    expect(refusedCall("remind_groupmsg_send", "effect", 41094, "").retryAfterMs).toBe(86_400_000);
  });
});

test("traceId finds what support asks for", () => {
  expect(traceId(MESSAGE)).toBe("1680601");
  expect(traceId("ok")).toBeUndefined();
});

test("abortedCall keeps the caller's reason", () => {
  expect(abortedCall(AbortSignal.abort("stopping"))).toMatchObject({ effect: "NOT_SENT", cause: "stopping" });
});
