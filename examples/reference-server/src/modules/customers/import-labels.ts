import { LABEL_KINDS, type LabelEntry, type LabelKind, type TenantKit } from "@recallkit/core";
import { importList, type ListImport, type ListOptions } from "./list-import.js";

/** Columns of a label file. */
export const LABEL_FIELDS = ["kind", "key", "name"] as const;
type LabelField = (typeof LABEL_FIELDS)[number];

/** Numbers by which S4 names kinds. */
const KIND_NUMBERS: Readonly<Record<string, LabelKind>> = {
  "0": "city",
  "1": "store",
  "2": "category",
  "3": "brand",
  "4": "sku",
};

/**
 * Takes the label library from a table: kind (a word, or S4's number), key, and name (default: the key).
 *
 * @throws what `importList` throws
 */
export function importLabels(kit: TenantKit, file: string, options?: ListOptions<LabelField>): Promise<ListImport> {
  return importList(
    file,
    {
      headers: { kind: ["kind"], key: ["key"], name: ["name"] },
      required: ["kind", "key"],
      rowOf(cell): LabelEntry {
        const name = cell("name");
        return { kind: kindOf(cell("kind")), key: cell("key"), ...(name !== "" && { name }) };
      },
      put: kit.labels.put,
    },
    options,
  );
}

/** The kind that a cell names; what names none is refused with its line by the kit. */
function kindOf(text: string): LabelKind {
  const word = text.toLowerCase();
  const kind = KIND_NUMBERS[word] ?? LABEL_KINDS.find((known) => known === word);
  // An unknown word goes on as it is, so that the kit names it among the rejected lines.
  return kind ?? (word as LabelKind);
}
