import { instantField, wholeNumber } from "@recallkit/http";
import * as z from "zod";
import { CONFIG_ACTIONS } from "./store.js";

const keyName = z.string().min(1).max(64).describe("键名 / name of the key");
const value = z.unknown().describe("值；机密显示为 ****** / the value; a secret is shown as ******");
const version = z.int().min(1).describe("当前版本号 / the present version");
const description = z.string().max(500);

/** A version number in a query or body. */
export const createBody = z.strictObject({ key: keyName, value, description: description.optional() });
export const changeBody = z.strictObject({ value: value.optional(), version, description: description.optional() });
export const rollbackBody = z.strictObject({
  version,
  to: z.int().min(1).describe("恢复到的版本 / the version to go back to"),
});
export const adminBody = z.strictObject({
  config: z.record(keyName, value).describe("键与值 / keys and values"),
  versions: z
    .record(keyName, version)
    .optional()
    .describe("已知的版本号；不符则 409 / versions as known; 409 otherwise"),
});

export const configSchema = z.strictObject({
  id: z.int(),
  key: keyName,
  value,
  version: z.int(),
  description,
  is_secret: z.boolean(),
  is_usable: z.boolean().describe("false：不合键的要求，默认值生效 / false: the default holds"),
  created_at: instantField,
  updated_at: instantField,
  updated_by: z.string(),
});

const difference = z.strictObject({ path: z.string(), from: z.unknown(), to: z.unknown() });

export const versionSchema = z.strictObject({
  version: z.int(),
  value,
  action: z.enum(CONFIG_ACTIONS),
  actor: z.string(),
  at: instantField,
  changes: z.array(difference).describe("与上一版本的差别 / what differs from the version before"),
});

export const differenceAnswer = z.strictObject({ from: z.int(), to: z.int(), changes: z.array(difference) });
export const differenceQuery = z.strictObject({
  from: wholeNumber(1).optional().describe("默认 to 的前一版本 / default: the version before `to`"),
  to: wholeNumber(1).optional().describe("默认当前版本 / default: the present one"),
});

export const keySchema = z.strictObject({
  key: keyName,
  title: z.string(),
  is_secret: z.boolean(),
  default: z.unknown(),
  schema: z.record(z.string(), z.unknown()).describe("JSON Schema"),
});

export const adminAnswer = z.strictObject({
  config: z.record(z.string(), value).describe("生效中的值 / what is in force"),
  versions: z.record(z.string(), z.int()).describe("0：默认值 / 0: the default"),
});
