import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { progressDisplay } from "./progress.js";

/** A display on a stream, and what is on it. */
function display(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120, cursorTo() {}, clearLine() {} });
  const written: string[] = [];
  stream.on("data", (chunk: Buffer) => written.push(chunk.toString("utf8")));
  // Of a terminal's stream the display uses what is here.
  return { ...progressDisplay({ stderr: stream as unknown as NodeJS.WriteStream }), written };
}

describe("lines, where the output is no terminal", () => {
  test("work that is done ends at 100 %, also when the last step told less", () => {
    const { show, finish, stop, written } = display(false);
    show("copy", 10, 200);
    show("copy", 150, 200);
    finish();
    stop();
    expect(written).toEqual(["copy 5% (10/200)\n", "copy 100% (200/200)\n"]);
  });

  test("the end is told once, whatever the rate says", () => {
    const { show, finish, written } = display(false);
    show("copy", 1, 1, "5 rows/s");
    show("copy", 1, 1, "4 rows/s");
    finish();
    expect(written).toEqual(["copy 100% (1/1) 5 rows/s\n"]);
  });

  test("another step ends the one before", () => {
    const { show, written } = display(false);
    show("read", 1, 4);
    show("write", 0, 4);
    expect(written).toEqual(["read 25% (1/4)\n", "read 100% (4/4)\n", "write 0% (0/4)\n"]);
  });

  test("work that broke off stays where it stands, and nothing is told of no work", () => {
    const { show, stop, written } = display(false);
    show("copy", 1, 4);
    stop();
    display(false).finish();
    expect(written).toEqual(["copy 25% (1/4)\n"]);
  });

  test("work of nothing is done", () => {
    const { show, written } = display(false);
    show("copy", 0, 0);
    expect(written).toEqual(["copy 100% (0/0)\n"]);
  });
});

test("a bar of work that is done ends at 100 %", () => {
  const { show, finish, written } = display(true);
  show("copy", 1, 4);
  finish();
  expect(written.join("")).toContain("copy");
  expect(written.join("")).toMatch(/100% 4\/4/);
});
