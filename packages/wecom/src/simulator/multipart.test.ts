import { expect, test } from "vitest";
import { parseMultipart } from "./multipart.js";

const type = "multipart/form-data; boundary=b1";

function body(...parts: readonly string[]): Buffer {
  return Buffer.from(`${parts.map((part) => `--b1\r\n${part}\r\n`).join("")}--b1--\r\n`);
}

test("reads name, raw UTF-8 file name, file length and content", () => {
  const header = 'Content-Disposition: form-data; name="media"; filename="猫 \\"1\\".png"; filelength=3';
  const [part] = parseMultipart(type, body(`${header}\r\nContent-Type: image/png\r\n\r\nabc`));
  expect(part).toEqual({ name: "media", filename: '猫 "1".png', fileLength: 3, content: Buffer.from("abc") });
});

test("does not take filename* for a file name", () => {
  const [part] = parseMultipart(
    type,
    body("Content-Disposition: form-data; name=media; filename*=UTF-8''a.png\r\n\r\nabc"),
  );
  expect(part).toMatchObject({ name: "media", filename: undefined });
});

test("keeps line ends and boundary-like text inside a part", () => {
  const content = "\r\n--b\r\n--b2 is in the middle\r\n\r\n";
  const parts = parseMultipart(type, body(`Content-Disposition: form-data; name="a"\r\n\r\n${content}`, "\r\nplain"));
  expect(parts.map((part) => part.content.toString())).toEqual([content, "plain"]);
});

test.each([
  ["another content type", "application/json", body("\r\nx")],
  ["no boundary", "multipart/form-data", body("\r\nx")],
  ["another boundary", "multipart/form-data; boundary=zz", body("\r\nx")],
  ["a body that is cut off", type, body("\r\nx").subarray(0, -5)],
  ["an empty body", type, Buffer.alloc(0)],
])("finds no parts with %s", (_, contentType, bytes) => {
  expect(parseMultipart(contentType, bytes)).toEqual([]);
});
