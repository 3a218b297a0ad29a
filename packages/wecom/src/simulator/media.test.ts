import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { movableClock, openSimulator, png, type Reply } from "./test-client.js";

const mebibyte = 1024 * 1024;
const file = (bytes: number, head = ""): Uint8Array<ArrayBuffer> => {
  const content = new Uint8Array(bytes);
  content.set(Buffer.from(head, "latin1"));
  return content;
};

test("stores an image and answers created_at as a string of seconds", async () => {
  const clock = movableClock();
  const { simulator, client } = await openSimulator({ clock });
  const reply = await client.upload("image", png(), "猫.png");
  expect(reply).toMatchObject({ errcode: 0, type: "image", created_at: String(clock.now() / 1000) });
  const sha256 = createHash("sha256").update(png()).digest("hex");
  const known = {
    mediaId: reply.media_id,
    type: "image",
    filename: "猫.png",
    bytes: 64,
    sha256,
    corpId: "ww-simulator",
  };
  expect(simulator.ledger.uploads).toEqual([{ ...known, at: clock.now() }]);
});

test.each<[string, string, Uint8Array<ArrayBuffer>, number]>([
  ["an unknown type", "gif", png(), 40005],
  ["an empty file", "image", png(0), 44001],
  ["five bytes", "file", file(5), 40006],
  ["an image that is neither JPG nor PNG", "image", file(64, "GIF89a"), 40004],
  ["an image above 10 MB", "image", png(10 * mebibyte + 1), 40009],
  ["a voice that is not AMR", "voice", file(64), 40004],
  ["a voice above 2 MB", "voice", file(2 * mebibyte + 1, "#!AMR\n"), 40010],
  ["a video that is not MP4", "video", file(64), 41090],
  ["a video above 10 MB", "video", file(10 * mebibyte + 1, "\0\0\0\x18ftyp"), 40011],
  ["a file above 20 MB", "file", file(20 * mebibyte + 1), 45001],
])("refuses %s", async (_, type, content, errcode) => {
  const { simulator, client } = await openSimulator();
  expect(await client.upload(type, content)).toMatchObject({ errcode });
  expect(simulator.ledger.uploads).toEqual([]);
});

test.each<[string, Uint8Array<ArrayBuffer>]>([
  ["image", png(10 * mebibyte)],
  ["image", file(6, "\xff\xd8\xff")],
  ["voice", file(2 * mebibyte, "#!AMR\n")],
  ["video", file(64, "\0\0\0\x18ftyp")],
  ["file", file(6)],
])("takes a %s at its limits", async (type, content) => {
  const { client } = await openSimulator();
  expect(await client.upload(type, content)).toMatchObject({ errcode: 0, type });
});

test.each([
  ['name="media"; filename="a.png"', 0],
  ['name="media"; filename="a.png"; filelength=8', 0],
  ['name="media"; filename="a.png"; filelength=9', 40123],
  ["name=\"media\"; filename*=UTF-8''a.png", 44001],
  ['name="media"', 44001],
  ['name="file"; filename="a.png"', 44001],
])("answers a part with %s by %i", async (parameters, errcode) => {
  const { simulator, client } = await openSimulator();
  const head = `--x\r\nContent-Disposition: form-data; ${parameters}\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), png(8), Buffer.from("\r\n--x--\r\n")]);
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  const address = `${simulator.url}/cgi-bin/media/upload?type=image&access_token=${await client.token()}`;
  expect(await (await fetch(address, { method: "POST", headers, body })).json()).toMatchObject({ errcode });
});

test("lets a media_id die after three days of the simulator's clock", async () => {
  const clock = movableClock();
  const { client } = await openSimulator({ clock });
  const { media_id } = await client.upload("image", png());
  const send = (): Promise<Reply> => {
    const attachments = [{ msgtype: "image", image: { media_id } }];
    return client.post("add_msg_template", { external_userid: ["wm1"], attachments });
  };
  clock.advance(3 * 86_400_000 - 1);
  client.forgetToken();
  expect(await send()).toMatchObject({ errcode: 0 });
  clock.advance(1);
  expect(await send()).toMatchObject({ errcode: 40007 });
});

test("gives an image URL that only then is accepted as pic_url", async () => {
  const { simulator, client } = await openSimulator();
  const form = new FormData();
  form.append("anything", new Blob([png()]), "a.png");
  const address = `${simulator.url}/cgi-bin/media/uploadimg?access_token=${await client.token()}`;
  const { url } = (await (await fetch(address, { method: "POST", body: form })).json()) as { url: string };
  const send = (pic_url: string): Promise<Reply> =>
    client.post("add_msg_template", {
      external_userid: ["wm1"],
      attachments: [{ msgtype: "image", image: { pic_url } }],
    });
  expect(await send(url)).toMatchObject({ errcode: 0 });
  expect(await send("https://elsewhere.example/a.png")).toMatchObject({ errcode: 40058 });
});
