import { useI18n } from "vue-i18n";

/** Channels by name, `*` for all of them. */
const CHANNELS = ["*", "sms", "wecom", "email", "feishu", "app-push", "webhook", "official-account"] as const;

/** The name of a channel as people say it; `sms#news` is that of a category. */
export function useChannelName() {
  const { t, te } = useI18n();
  function channelName(channel: string): string {
    const [name = "", category] = channel.split("#");
    const base = name.split(":")[0] ?? "";
    if (base === "*marketing") return t("suppressions.marketing");
    const known = base === "*" ? t("suppressions.all") : te(`channel.${base}`) ? t(`channel.${base}`) : channel;
    return category === undefined ? known : `${known} · ${category}`;
  }
  return { channelName, CHANNELS };
}
