import { systemRandom } from "@recallkit/core";
import { expect, test } from "vitest";
import { mediaBody } from "./multipart.js";

const bytes = Uint8Array.from([0x89, 0x50, 0x0d, 0x0a, 0x2d, 0x2d, 0xff, 0x00]);

function parse(filename: string): { head: string; content: Buffer; end: string } {
  const { contentType, body } = mediaBody({ type: "image", filename, contentType: "image/png", bytes }, systemRandom);
  const boundary = contentType.replace("multipart/form-data; boundary=", "");
  const raw = Buffer.from(body);
  const start = raw.indexOf("\r\n\r\n") + 4;
  const stop = raw.lastIndexOf(`\r\n--${boundary}--\r\n`);
  return {
    head: raw.toString("utf8", 0, start).replaceAll(boundary, "B"),
    content: raw.subarray(start, stop),
    end: raw.toString("utf8", stop).replaceAll(boundary, "B"),
  };
}

test("an upload is the one part that WeCom reads, with its name as it is and its length", () => {
  const { head, content, end } = parse("猫.png");
  expect(head).toBe(
    '--B\r\nContent-Disposition: form-data; name="media"; filename="猫.png"; filelength=8\r\nContent-Type: image/png\r\n\r\n',
  );
  expect(content).toEqual(Buffer.from(bytes));
  expect(end).toBe("\r\n--B--\r\n");
});

test("a file name can't end its header line", () => {
  expect(parse('a"; x="\r\nX-Evil: 1\\.png').head).toContain('filename="a_; x=___X-Evil: 1_.png"; filelength=8\r\n');
});
