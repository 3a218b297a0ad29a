import { InputError } from "@recallkit/core";
import { ATTRIBUTE_TYPES } from "../person/attribute.js";
import type { AttributeColumn } from "./mapping.js";

/**
 * Reads one `name=column:type` as a command line gives it, for example `level=会员等级:text`; the type is text when left out.
 *
 * @throws {InputError} `attribute.invalid`
 */
export function parseAttribute(text: string): readonly [name: string, attribute: AttributeColumn] {
  const [, name = "", column = "", named = "text"] = /^([^=]+)=(.+?)(?::([^:]*))?$/.exec(text) ?? [];
  const type = ATTRIBUTE_TYPES.find((known) => known === named.trim());
  if (name.trim() === "" || column.trim() === "" || type === undefined) {
    const message = `write name=column:type with a type of ${ATTRIBUTE_TYPES.join(", ")}`;
    throw new InputError([{ path: "attribute", code: "attribute.invalid", message }]);
  }
  return [name.trim(), { column: column.trim(), type }];
}
