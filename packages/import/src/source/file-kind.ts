/** What a file is, by its first bytes; its name doesn't matter. `text` is everything that is nothing else. */
export type FileKind = "empty" | "gzip" | "zip" | "legacy-workbook" | "text" | BinaryKind;

/** A file that is known, and no table. */
export interface BinaryKind {
  readonly binary: string;
}

const BINARY: readonly (readonly [signature: string, name: string])[] = [
  ["%PDF", "a PDF document"],
  ["\x89PNG", "a picture"],
  ["\xff\xd8\xff", "a picture"],
  ["GIF8", "a picture"],
  ["Rar!", "a RAR archive"],
  ["7z\xbc\xaf\x27\x1c", "a 7z archive"],
  ["BZh", "a bzip2 archive"],
  ["\xfd7zXZ\0", "an xz archive"],
  ["\x28\xb5\x2f\xfd", "a zstd archive"],
  ["SQLite format 3\0", "a SQLite database"],
  ["PAR1", "a Parquet file"],
  ["MIME-Version:", "a web archive"],
  ["{\\rtf", "a text document"],
];
const ZIP = ["PK\x03\x04", "PK\x05\x06", "PK\x07\x08"];
const OLE = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
// Sheets of Excel 2 to 4, which have no container.
const BARE_SHEETS = ["\x09\x00\x04\x00", "\x09\x02\x06\x00", "\x09\x04\x06\x00", "\x09\x08\x10\x00"];

/** @param head at least 512 bytes of the file, or all of it */
export function fileKind(head: Uint8Array): FileKind {
  const text = Buffer.from(head).toString("latin1", 0, 512);
  if (text.length === 0) return "empty";
  if (text.startsWith("\x1f\x8b")) return "gzip";
  if (ZIP.some((mark) => text.startsWith(mark))) return "zip";
  if (text.startsWith(OLE) || BARE_SHEETS.some((mark) => text.startsWith(mark))) return "legacy-workbook";
  if (text.startsWith("ustar", 257)) return { binary: "a tar archive" };
  const known = BINARY.find(([signature]) => text.startsWith(signature));
  return known ? { binary: known[1] } : "text";
}
