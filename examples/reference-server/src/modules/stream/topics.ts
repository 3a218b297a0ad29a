import { InputError } from "@recallkit/core";
import { HttpError } from "@recallkit/http";
import type { ServerModule } from "../../frame/server-module.js";
import type { Session } from "../../frame/session.js";
import type { Topic } from "../../frame/topic.js";

/** A topic that was asked for: `occurrence:98` is `of` 98. */
export interface Asked {
  readonly name: string;
  readonly of: string;
  readonly topic: Topic;
}

/**
 * The topics of some names.
 *
 * @throws {InputError} `stream.unknown-topic` with its place, as `topics.1`
 * @throws {HttpError} 403 `auth.forbidden`: one that the caller may not see
 */
export function topicsIn(
  names: readonly string[],
  modules: readonly Pick<ServerModule, "topics">[],
  { permissions }: Pick<Session, "permissions">,
): readonly Asked[] {
  const known = new Map(modules.flatMap(({ topics = {} }) => Object.entries(topics)));
  return names.map((name, at) => {
    const [, kind = "", of] = /^([^:]*)(?::(.*))?$/s.exec(name) ?? [];
    const topic = known.get(kind);
    if (!topic || !isOf(topic, of)) {
      const message = `must be one of ${[...known].map(formOf).join(", ")}`;
      throw new InputError([{ path: `topics.${at}`, code: "stream.unknown-topic", message }]);
    }
    if (!permissions.has(topic.needs)) throw new HttpError(403, "auth.forbidden");
    return { name, of: of ?? "", topic };
  });
}

/** How a topic is asked for. */
function formOf([kind, { of }]: readonly [string, Topic]): string {
  return of === undefined ? kind : `${kind}:${of.toUpperCase()}`;
}

function isOf(topic: Topic, of: string | undefined): boolean {
  if (topic.of === undefined || of === undefined) return topic.of === undefined && of === undefined;
  if (topic.of === "name") return of !== "";
  return /^[1-9]\d{0,15}$/.test(of) && Number.isSafeInteger(Number(of));
}
