import { localName, markupEvents } from "../markup/markup-events.js";
import { type CellFormat, cellFormat } from "./cell-format.js";

/** Formats by the number that cells name (`s="3"`). */
export async function readStyles(pieces: AsyncIterable<Buffer>): Promise<readonly CellFormat[]> {
  const codes = new Map<number, string>();
  const ids: number[] = [];
  let isInCells = false;
  const handler = {
    onopentag(name: string, attributes: Record<string, string>) {
      const tag = localName(name);
      if (tag === "numFmt") codes.set(Number(attributes.numFmtId), attributes.formatCode ?? "");
      else if (tag === "cellXfs") isInCells = true;
      else if (tag === "xf" && isInCells) ids.push(Number(attributes.numFmtId ?? 0));
    },
    onclosetag(name: string) {
      if (localName(name) === "cellXfs") isInCells = false;
    },
  };
  for await (const _ of markupEvents(pieces, "xml", handler, () => []));
  return ids.map((id) => cellFormat(id, codes.get(id)));
}
