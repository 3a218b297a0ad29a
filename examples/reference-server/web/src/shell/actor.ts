import { useI18n } from "vue-i18n";

/** The words for who did something, as `user:3` or `api-key:5`; what is no kind of ours stays as it is. */
export function useActorName(): (actor: string) => string {
  const { t } = useI18n();
  return (actor) => {
    const [, kind, id] = /^(user|api-key):(\d+)$/.exec(actor) ?? [];
    if (id !== undefined) return t(kind === "user" ? "actor.user" : "actor.key", { id });
    return actor === "cli" ? t("actor.cli") : actor;
  };
}
