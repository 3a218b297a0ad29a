import type { ZipArchive, ZipEntry } from "../archive/zip.js";
import { localName, markupEvents } from "../markup/markup-events.js";
import { fileError } from "../source/import-error.js";
import type { ReadLimits } from "../source/read-limits.js";
import type { Warnings } from "../table/warnings.js";
import { NO_TEXTS, readSharedTexts } from "./shared-texts.js";
import type { Sheet } from "./sheet.js";
import { sheetRows } from "./sheet-rows.js";
import { readStyles } from "./styles.js";

/** An open .xlsx. */
export interface Xlsx {
  readonly sheets: readonly Sheet[];
  close(): void;
}

export interface XlsxOptions {
  readonly limits: ReadLimits;
  readonly warnings: Warnings;
  /** Told while a sheet is read: bytes of its XML. */
  readonly onBytes?: ((read: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Makes an empty temporary file. */
  spill(): Promise<string>;
}

/** Whether an archive is an office document, and which. */
export function officeKind(archive: ZipArchive): "xlsx" | "xlsb" | "ods" | "document" | undefined {
  const has = (name: string) => archive.entries.some((entry) => entry.name.replace(/^\//, "") === name);
  if (has("xl/workbook.bin")) return "xlsb";
  if (has("[Content_Types].xml")) return has("xl/workbook.xml") ? "xlsx" : "document";
  if (has("content.xml") && has("mimetype")) return "ods";
  return has("Index/Document.iwa") ? "document" : undefined;
}

/** @throws {RecallKitError} `import.damaged-workbook`, those of the archive */
export async function openXlsx(file: string, archive: ZipArchive, options: XlsxOptions): Promise<Xlsx> {
  const parts = new Map(archive.entries.map((entry) => [entry.name.replace(/^\//, ""), entry]));
  const book = parts.get("xl/workbook.xml");
  const relations = parts.get("xl/_rels/workbook.xml.rels");
  if (!book || !relations) throw damaged(file);
  const targets = await targetsOf(relations);
  const { is1904, sheets } = await contentsOf(book);
  const styles = parts.get("xl/styles.xml");
  const formats = styles ? await readStyles(styles.read({ signal: options.signal })) : [];
  const shared = parts.get("xl/sharedStrings.xml") ?? parts.get(targets.get("sharedStrings") ?? "");
  const texts = shared
    ? await readSharedTexts(shared.read({ signal: options.signal }), options.limits.sharedTextBytes, options.spill)
    : NO_TEXTS;
  const context = { file, texts, formats, is1904, mostColumns: options.limits.columns };
  return {
    close: texts.close,
    sheets: sheets.flatMap(({ name, isHidden, relation }): Sheet[] => {
      const part = parts.get(targets.get(relation) ?? "");
      // Sheets that are charts are no parts of the kind worksheet.
      if (!part?.name.includes("worksheets/")) return [];
      const rows: Sheet["rows"] = (signal) => {
        options.warnings.clear();
        const onBytes = (read: number) => options.onBytes?.(read, part.size);
        const pieces = part.read({ signal: signal ?? options.signal, onBytes });
        return sheetRows(pieces, { ...context, note: options.warnings.note });
      };
      return [{ name, isHidden, rows }];
    }),
  };
}

interface SheetName {
  readonly name: string;
  readonly isHidden: boolean;
  readonly relation: string;
}

async function contentsOf(part: ZipEntry): Promise<{ readonly is1904: boolean; readonly sheets: SheetName[] }> {
  let is1904 = false;
  const sheets: SheetName[] = [];
  await eachTag(part, (tag, attributes) => {
    if (tag === "workbookPr") is1904 = /^(1|true)$/.test(attributes.date1904 ?? "");
    if (tag !== "sheet") return;
    const relation = Object.entries(attributes).find(([name]) => /:id$/.test(name))?.[1] ?? "";
    sheets.push({
      name: attributes.name ?? "",
      isHidden: (attributes.state ?? "visible") !== "visible",
      relation,
    });
  });
  return { is1904, sheets };
}

/** Paths of parts by the id of their relation, and that of the shared texts as `sharedStrings`. */
async function targetsOf(part: ZipEntry): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>();
  await eachTag(part, (tag, attributes) => {
    if (tag !== "Relationship") return;
    const target = attributes.Target ?? "";
    const path = target.startsWith("/") ? target.slice(1) : `xl/${target.replace(/^\.\//, "")}`;
    targets.set(attributes.Id ?? "", path);
    if (/\/sharedStrings$/.test(attributes.Type ?? "")) targets.set("sharedStrings", path);
  });
  return targets;
}

async function eachTag(part: ZipEntry, told: (tag: string, attributes: Record<string, string>) => void): Promise<void> {
  const handler = {
    onopentag(name: string, attributes: Record<string, string>) {
      told(localName(name), attributes);
    },
  };
  for await (const _ of markupEvents(part.read(), "xml", handler, () => []));
}

function damaged(file: string) {
  return fileError("import.damaged-workbook", `${file}: parts of the workbook are missing`, {
    hint: "open it in Excel or WPS and save it again",
  });
}
