import { expect, test } from "vitest";
import { RefusedCall } from "./errors.js";
import { parseTemplate } from "./validate-template.js";

const refer = {
  media(mediaId: string, type: string): void {
    if (mediaId !== `${type}-1`) throw new RefusedCall(40007);
  },
  imageUrl(): void {},
};
const text = { content: "你好" };
const ids = ["wm1"];
const link = { msgtype: "link", link: { title: "标题", url: "https://shop.example/a" } };
const program = { title: "到店", pic_media_id: "image-1", appid: "wx1", page: "/p" };

function outcome(fields: Record<string, unknown>): number | "accepted" {
  try {
    parseTemplate(fields, refer);
    return "accepted";
  } catch (error) {
    if (error instanceof RefusedCall) return error.errcode;
    throw error;
  }
}

/** `bytes` of UTF-8 in Han characters (3 bytes each) and a rest of letters. */
function han(bytes: number): string {
  return "猫".repeat(Math.floor(bytes / 3)) + "a".repeat(bytes % 3);
}

test.each<[string, Record<string, unknown>, number | "accepted"]>([
  ["4000 bytes of text", { external_userid: ids, text: { content: han(4000) } }, "accepted"],
  ["4001 bytes of text in 1335 characters", { external_userid: ids, text: { content: han(4001) } }, 40058],
  ["10 000 customers", { external_userid: Array.from({ length: 10_000 }, () => "wm1"), text }, "accepted"],
  ["10 001 customers", { external_userid: Array.from({ length: 10_001 }, () => "wm1"), text }, 40058],
  ["9 attachments", { external_userid: ids, attachments: Array.from({ length: 9 }, () => link) }, "accepted"],
  ["10 attachments", { external_userid: ids, attachments: Array.from({ length: 10 }, () => link) }, 41064],
  [
    "2001 groups",
    { chat_type: "group", sender: "s", chat_id_list: Array.from({ length: 2001 }, () => "wr"), text },
    40058,
  ],
  [
    "100 tags",
    { tag_filter: { group_list: [{ tag_list: Array.from({ length: 100 }, () => "et") }] }, text },
    "accepted",
  ],
  ["101 tags", { tag_filter: { group_list: [{ tag_list: Array.from({ length: 101 }, () => "et") }] }, text }, 40058],
  ["no content", { external_userid: ids }, 41088],
  ["empty content", { external_userid: ids, text: { content: "" }, attachments: [] }, 41088],
  ["nobody to send to", { text }, 40063],
  ["an empty list of customers", { external_userid: [], text }, 40063],
  ["a sender alone", { sender: "staff-01", text }, "accepted"],
  ["a group task without sender", { chat_type: "group", chat_id_list: ["wr1"], text }, 40063],
  ["an unknown chat_type", { chat_type: "both", external_userid: ids, text }, 40058],
  ["customers as one text", { external_userid: "wm1", text }, 40058],
  ["a number among the customers", { external_userid: [1], text }, 40058],
  ["text as a string", { external_userid: ids, text: "hi" }, 40058],
  ["allow_select as a number", { external_userid: ids, text, allow_select: 1 }, 40058],
  ["attachments as an object", { external_userid: ids, text, attachments: {} }, 40058],
  ["unknown extra fields", { external_userid: ids, text, later: { added: true } }, "accepted"],
])("judges %s", (_, fields, expected) => {
  expect(outcome(fields)).toBe(expected);
});

test.each<[string, unknown, number | "accepted"]>([
  ["no msgtype", { link: link.link }, 41065],
  ["an unknown msgtype", { msgtype: "voice", voice: { media_id: "voice-1" } }, 41065],
  ["an object key other than msgtype", { msgtype: "image", link: link.link }, 40058],
  ["an image by media_id", { msgtype: "image", image: { media_id: "image-1" } }, "accepted"],
  ["an image with another type's media_id", { msgtype: "image", image: { media_id: "video-1" } }, 40007],
  ["an image without any source", { msgtype: "image", image: {} }, 41006],
  ["a link title of 128 bytes", { msgtype: "link", link: { ...link.link, title: han(128) } }, "accepted"],
  ["a link title of 129 bytes", { msgtype: "link", link: { ...link.link, title: han(129) } }, 40058],
  ["a link description of 513 bytes", { msgtype: "link", link: { ...link.link, desc: han(513) } }, 40058],
  ["a link picture of 2049 bytes", { msgtype: "link", link: { ...link.link, picurl: han(2049) } }, 40058],
  ["a link address of 2049 bytes", { msgtype: "link", link: { ...link.link, url: han(2049) } }, 40058],
  ["a link without title", { msgtype: "link", link: { url: "https://shop.example" } }, 41016],
  ["a link without address", { msgtype: "link", link: { title: "a" } }, 41010],
  [
    "a mini-program title of 64 bytes",
    { msgtype: "miniprogram", miniprogram: { ...program, title: han(64) } },
    "accepted",
  ],
  ["a mini-program title of 65 bytes", { msgtype: "miniprogram", miniprogram: { ...program, title: han(65) } }, 40058],
  ["a mini-program without cover", { msgtype: "miniprogram", miniprogram: { ...program, pic_media_id: "" } }, 41006],
  ["a mini-program without appid", { msgtype: "miniprogram", miniprogram: { ...program, appid: null } }, 40063],
  ["a mini-program without page", { msgtype: "miniprogram", miniprogram: { ...program, page: undefined } }, 40063],
  ["a video", { msgtype: "video", video: { media_id: "video-1" } }, "accepted"],
  ["a file without media_id", { msgtype: "file", file: {} }, 41006],
])("judges an attachment with %s", (_, attachment, expected) => {
  expect(outcome({ external_userid: ids, attachments: [attachment] })).toBe(expected);
});

test("names the field and its limit", () => {
  expect(() => parseTemplate({ external_userid: ids, text: { content: han(4001) } }, refer)).toThrow(
    "field `text.content` exceed max length 4000",
  );
});
