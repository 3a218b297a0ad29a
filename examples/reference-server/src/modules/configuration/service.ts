import { ConflictError } from "@recallkit/core";
import type { ServerContext } from "../../frame/context.js";
import { type Change, findEntry, getEntry, getVersion, insertEntry, type StoredEntry, updateEntry } from "./store.js";

export { followSource } from "./follow-source.js";
export { openHotConfig, type RunningConfig } from "./hot-config.js";
export { nacosSource } from "./nacos/nacos-source.js";
export { type ConfigValues, configValues } from "./values.js";

type Desk = Pick<ServerContext, "stores" | "clock" | "configValues" | "hotConfig">;

/** A value that somebody gives a key. */
export interface NewValue {
  readonly key: string;
  readonly value: unknown;
  readonly description?: string | undefined;
}

const by = ({ clock }: Desk, action: Change["action"], actor: string): Change => ({ action, actor, at: clock.now() });

/** Gives a key its first value. @throws {NotFoundError} `config.unknown-key`; {ConflictError} `config.exists`; {HttpError} 400 */
export async function createConfig(desk: Desk, { key, value, description = "" }: NewValue, actor: string) {
  const stored = desk.configValues.stored(key, value, "value");
  const entry = await desk.stores.transaction((tx) =>
    insertEntry(tx, { name: key, value: stored, description }, by(desk, "create", actor)),
  );
  desk.hotConfig.announce();
  return entry;
}

/** Changes a value. @throws {NotFoundError} `config.not-found`; {ConflictError} `config.stale-version`; {HttpError} 400 */
export async function changeConfig(
  desk: Desk,
  id: number,
  { value, version, description }: Partial<Omit<NewValue, "key">> & { readonly version: number },
  actor: string,
): Promise<StoredEntry> {
  const entry = await desk.stores.transaction(async (tx) => {
    const present = await getEntry(tx, id);
    const next =
      value === undefined ? present.value : desk.configValues.stored(present.name, value, "value", present.value);
    return updateEntry(
      tx,
      { id, version },
      { value: next, ...(description !== undefined && { description }) },
      by(desk, "update", actor),
    );
  });
  desk.hotConfig.announce();
  return entry;
}

/** Gives a key the value of an earlier version, as a new one. @throws as {@link changeConfig} */
export async function rollBack(
  desk: Desk,
  id: number,
  version: number,
  to: number,
  actor: string,
): Promise<StoredEntry> {
  const entry = await desk.stores.transaction(async (tx) => {
    const { name } = await getEntry(tx, id);
    const value = await getVersion(tx, id, to);
    // A value that the key no longer takes is refused here and not found out later.
    if (desk.configValues.opened(name, value) === undefined)
      throw new ConflictError("config.not-usable", `version ${to} is not usable any more`);
    return updateEntry(tx, { id, version }, { value }, by(desk, "rollback", actor));
  });
  desk.hotConfig.announce();
  return entry;
}

/** Values of several keys, all or none; a key without an entry gets one, and one that has the value stays as it is. */
export async function putConfig(
  desk: Desk,
  given: Readonly<Record<string, unknown>>,
  versions: Readonly<Record<string, number>>,
  actor: string,
): Promise<void> {
  await desk.stores.transaction(async (tx) => {
    for (const [name, value] of Object.entries(given).sort()) {
      const present = await findEntry(tx, name);
      const next = desk.configValues.stored(name, value, `config.${name}`, present?.value);
      const version = versions[name] ?? present?.version;
      if (!present) await insertEntry(tx, { name, value: next, description: "" }, by(desk, "create", actor));
      else if (isOther(desk, present, next) || versions[name] !== undefined)
        await updateEntry(tx, { id: present.id, version: version ?? 0 }, { value: next }, by(desk, "update", actor));
    }
  });
  desk.hotConfig.announce();
}

/** Seals are never the same twice, so that what is in them is compared. */
function isOther({ configValues: values }: Desk, { name, value }: StoredEntry, next: string): boolean {
  return JSON.stringify(values.opened(name, value)) !== JSON.stringify(values.opened(name, next));
}
