import { expect, test } from "vitest";
import { failureOf, openRig } from "../test-rig.js";

const MEBIBYTE = 1024 * 1024;

/** A file that begins as its type does. */
function fileOf(type: "image" | "voice" | "video" | "file", size: number) {
  const bytes = new Uint8Array(size);
  const magic = {
    image: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    voice: [...Buffer.from("#!AMR\n")],
    file: [],
  };
  bytes.set(type === "video" ? [0, 0, 0, 24, ...Buffer.from("ftypisom")] : magic[type]);
  return { type, filename: "文件", contentType: "application/octet-stream", bytes };
}

test.each([
  ["image", 10],
  ["voice", 2],
  ["video", 10],
  ["file", 20],
] as const)("%s of up to %i MB is uploaded, one byte more is refused before any call", async (type, mebibytes) => {
  const { client, simulator, callsOf } = await openRig();
  expect(await client.mediaUpload(fileOf(type, mebibytes * MEBIBYTE))).toMatch(/^3/);
  expect(await failureOf(client.mediaUpload(fileOf(type, mebibytes * MEBIBYTE + 1)))).toMatchObject({
    effect: "REQUEST",
    message: expect.stringContaining("media/upload: bytes: "),
  });
  expect(callsOf("upload")).toBe(1);
  expect(simulator.ledger.uploads).toMatchObject([{ type, filename: "文件" }]);
});

test("five bytes are refused before any call", async () => {
  const { client, callsOf } = await openRig();
  expect(await failureOf(client.mediaUpload({ ...fileOf("file", 8), bytes: new Uint8Array(5) }))).toMatchObject({
    effect: "REQUEST",
  });
  expect(callsOf("upload")).toBe(0);
});

test("a file is read again as it was uploaded, for three days; JSON, pages and cut answers are no file", async () => {
  const { client, clock, simulator } = await openRig();
  const voice = fileOf("voice", 900);
  const id = await client.mediaUpload(voice);
  const heard = await client.mediaGet(id);
  expect([Buffer.from(heard.bytes).equals(voice.bytes), heard.contentType]).toEqual([true, "audio/amr"]);
  const text = { ...fileOf("file", 64), bytes: new TextEncoder().encode('{"errcode":0,"errmsg":"ok"}') };
  const read = await client.mediaGet(await client.mediaUpload(text));
  expect(Buffer.from(read.bytes).equals(text.bytes)).toBe(true);
  simulator.faults.push({ on: "get", kind: "html" });
  expect(await failureOf(client.mediaGet(id))).toMatchObject({
    code: "channel.malformed-response",
    effect: "NOT_SENT",
  });
  simulator.faults.push({ on: "get", kind: "bad-json" });
  expect(await failureOf(client.mediaGet(id))).toMatchObject({ code: "channel.malformed-response" });
  expect(await failureOf(client.mediaGet(""))).toMatchObject({ effect: "REQUEST" });
  clock.advance(3 * 86_400_000);
  expect(await failureOf(client.mediaGet(id))).toMatchObject({ effect: "REQUEST", providerCode: "40007" });
});

test("a picture gets a lasting address that mass messages take", async () => {
  const { client } = await openRig();
  const { type: _type, ...picture } = fileOf("image", 2 * MEBIBYTE);
  const pic_url = await client.mediaUploadimg(picture);
  const image = { msgtype: "image", image: { pic_url } } as const;
  const { msgid } = await client.addMsgTemplate({ external_userid: ["wm1"], attachments: [image] });
  expect(msgid).toMatch(/^msg/);
  expect(await client.mediaUploadAttachment(fileOf("image", 64), 1)).toMatch(/^3/);
});
