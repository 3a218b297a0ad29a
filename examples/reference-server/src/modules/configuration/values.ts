import { type InputIssue, NotFoundError } from "@recallkit/core";
import { checkInput, type KeyRing } from "@recallkit/core/ports";
import { HttpError } from "@recallkit/http";
import type { ConfigKey } from "../../frame/config-key.js";
import type { ServerModule } from "../../frame/server-module.js";

/** What stands for a secret that is set; given back, it leaves the secret as it is. */
export const MASK = "******";

const PLACE = { purpose: "configuration", tenantId: 0 } as const;

/** Every key of every module, by name. */
function configKeys(modules: readonly Pick<ServerModule, "configuration">[]): ReadonlyMap<string, ConfigKey> {
  return new Map(modules.flatMap(({ configuration = [] }) => configuration.map((key) => [key.name, key] as const)));
}

/** How values are kept, checked and shown. */
export interface ConfigValues {
  readonly keys: ReadonlyMap<string, ConfigKey>;
  /** @throws {NotFoundError} `config.unknown-key` */
  key(name: string): ConfigKey;
  /**
   * A value as it is kept.
   *
   * @param kept what the key has now; stands for {@link MASK}
   * @throws {HttpError} 400 `input.invalid` with every fault below `path`
   */
  stored(name: string, value: unknown, path: string, kept?: string): string;
  /** The value that was kept; undefined for one that can't be read, or that the schema no longer takes. */
  opened(name: string, kept: string): unknown;
  /** As routes show it. */
  shown(name: string, kept: string): unknown;
}

/** Values of the keys of these modules. */
export function configValues(modules: readonly Pick<ServerModule, "configuration">[], ring: KeyRing): ConfigValues {
  const keys = configKeys(modules);

  function known(name: string): ConfigKey {
    const key = keys.get(name);
    if (!key) throw new NotFoundError("config.unknown-key", `nothing obeys ${name}`);
    return key;
  }

  function textOf(name: string, kept: string): string | undefined {
    if (!keys.get(name)?.isSecret) return kept;
    try {
      return ring.open(PLACE, kept);
    } catch {
      return undefined;
    }
  }

  return {
    keys,
    key: known,
    stored(name, value, path, kept) {
      const { schema, isSecret } = known(name);
      if (isSecret && value === MASK && kept !== undefined) return kept;
      const checked = checkInput(schema, value, path);
      if ("issues" in checked) throw invalid(checked.issues);
      const text = JSON.stringify(checked.value);
      return isSecret ? ring.seal(PLACE, text) : text;
    },
    opened(name, kept) {
      const text = textOf(name, kept);
      const parsed = text === undefined ? undefined : keys.get(name)?.schema.safeParse(JSON.parse(text));
      return parsed?.success ? parsed.data : undefined;
    },
    shown: (name, kept) => (keys.get(name)?.isSecret ? MASK : JSON.parse(kept)),
  };
}

function invalid(issues: readonly InputIssue[]): HttpError {
  return new HttpError(400, "input.invalid", { issues });
}
