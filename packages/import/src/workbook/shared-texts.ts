import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { detached, localName, longer, markupEvents } from "../markup/markup-events.js";

/** Texts that the cells of a workbook name by number. */
export interface SharedTexts {
  /** @returns undefined for a number that there isn't */
  at(index: number): string | undefined;
  close(): void;
}

export const NO_TEXTS: SharedTexts = { at: () => undefined, close: () => {} };

/** Texts read back from the file that are held. */
const HELD = 20_000;

/**
 * Reads all texts; up to `mostBytes` of them stay in memory, the others go to a file.
 *
 * @param spill makes an empty file and gives its path
 */
export async function readSharedTexts(
  pieces: AsyncIterable<Buffer>,
  mostBytes: number,
  spill: () => Promise<string>,
): Promise<SharedTexts> {
  const texts: string[] = [];
  let bytes = 0;
  let file: TextFile | undefined;
  try {
    for await (const batch of sharedTexts(pieces)) {
      if (!file && bytes > mostBytes) file = textFile(await spill());
      for (const text of batch) {
        if (file) file.add(text);
        else {
          bytes += text.length * 2;
          texts.push(text);
        }
      }
      file?.flush();
    }
  } catch (error) {
    file?.close();
    throw error;
  }
  const spilled = file;
  return {
    at: (index) => (index < texts.length ? texts[index] : spilled?.at(index - texts.length)),
    close: () => spilled?.close(),
  };
}

/** The texts of `sharedStrings.xml`: runs of rich text are joined, readings of Japanese (`rPh`) are left out. */
function sharedTexts(pieces: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  let found: string[] = [];
  let text = "";
  let isText = false;
  let phonetic = 0;
  return markupEvents(
    pieces,
    "xml",
    {
      onopentag(name) {
        const tag = localName(name);
        if (tag === "si") text = "";
        else if (tag === "rPh") phonetic += 1;
        else if (tag === "t") isText = phonetic === 0;
      },
      ontext(data) {
        if (isText) text = longer(text, data);
      },
      onclosetag(name) {
        const tag = localName(name);
        if (tag === "si") found.push(detached(text));
        else if (tag === "rPh") phonetic -= 1;
        else if (tag === "t") isText = false;
      },
    },
    () => {
      const batch = found;
      found = [];
      return batch;
    },
  );
}

interface TextFile {
  add(text: string): void;
  flush(): void;
  at(index: number): string | undefined;
  close(): void;
}

/** Texts one after the other in a file; where they begin is kept in blocks of numbers. */
function textFile(path: string): TextFile {
  const handle = openSync(path, "w+");
  const block = 65_536;
  const starts: Float64Array[] = [];
  let count = 0;
  let end = 0;
  let open: Buffer[] = [];
  let written = 0;
  const held = new Map<number, string>();
  const startOf = (index: number) => (index >= count ? end : (starts[Math.floor(index / block)]?.[index % block] ?? 0));
  return {
    add(text) {
      if (count % block === 0) starts.push(new Float64Array(block));
      const last = starts.at(-1);
      if (last) last[count % block] = end;
      const bytes = Buffer.from(text, "utf8");
      open.push(bytes);
      end += bytes.length;
      count += 1;
    },
    flush() {
      const bytes = Buffer.concat(open);
      open = [];
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, bytes.length - at, written + at);
      written = end;
    },
    at(index) {
      if (!Number.isInteger(index) || index < 0 || index >= count) return undefined;
      const known = held.get(index);
      if (known !== undefined) return known;
      const start = startOf(index);
      const bytes = Buffer.alloc(startOf(index + 1) - start);
      readSync(handle, bytes, 0, bytes.length, start);
      const text = bytes.toString("utf8");
      if (held.size >= HELD) held.clear();
      held.set(index, text);
      return text;
    },
    close: () => closeSync(handle),
  };
}
