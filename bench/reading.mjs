// How fast files are read as tables, and that the memory it takes doesn't grow with them.
import { execFileSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const READER = fileURLToPath(new URL("read-file.mjs", import.meta.url));
/** Sizes of the CSV files, MB; `READING_MB=2048` adds the one that memory is promised for. */
const SIZES = [20, 200, ...(process.env.READING_MB ? [Number(process.env.READING_MB)] : [])];

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-"));
  try {
    /** @type {Record<string, number>} */
    const figures = {};
    for (const size of SIZES)
      for (const kind of /** @type {const} */ (["utf-8", "gb18030", "gzip"])) {
        const path = join(folder, "orders");
        writeOrders(path, size, kind);
        const { rows, judgeSeconds, readSeconds, peakRssMb } = JSON.parse(
          execFileSync(process.execPath, [READER, path], { encoding: "utf8" }),
        );
        figures[`rows/s of ${size} MB in ${kind}`] = Math.round(rows / readSeconds);
        figures[`MB/s judged of ${size} MB in ${kind}`] = Math.round(size / judgeSeconds);
        figures[`MB of memory for ${size} MB in ${kind}`] = peakRssMb;
      }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} path @param {number} megabytes @param {"utf-8" | "gb18030" | "gzip"} kind */
function writeOrders(path, megabytes, kind) {
  const file = openSync(path, "w");
  // In GB 18030, since Node writes only UTF-8: 订单 is 0xb6a9 0xb5a5, 上海仓 0xc9cf 0xbaa3 0xb2d6.
  const [order, store] =
    kind === "gb18030"
      ? [Buffer.from("b6a9b5a5", "hex"), Buffer.from("c9cfbaa3b2d6", "hex")]
      : [Buffer.from("订单"), Buffer.from("上海仓")];
  const write = (/** @type {Buffer} */ bytes) => writeSync(file, kind === "gzip" ? gzipSync(bytes) : bytes);
  write(Buffer.concat([order, Buffer.from(",customer,ordered_at,amount,status,store\n")]));
  let written = 0;
  for (let number = 1; written < megabytes * 1_000_000; ) {
    const rows = [];
    for (const last = number + 5000; number < last; number += 1)
      rows.push(
        Buffer.from(`SO${number},k${number % 99_991},2026-01-05 09:00:00,${number % 500}.50,"paid, shipped",`),
        store,
        Buffer.from("\n"),
      );
    const bytes = Buffer.concat(rows);
    write(bytes);
    written += bytes.length;
  }
}
