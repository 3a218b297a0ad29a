/** `created_at_utc`, `date_created_gmt`, `Created date (UTC)`, `下单时间(UTC+8)`, `交易时间（北京时间）`. */
const NAMED = /(?:^|[_\s(（])(?:utc|gmt)\s*(?:([+-])(\d{1,2})(?::?00)?)?[)）]?$|(北京时间)[)）]?$/i;

/** The zone whose clock the times of a column show, as far as the column's name says so. */
export function zoneInName(column: string | undefined): string | undefined {
  const found = NAMED.exec(column?.trim() ?? "");
  if (!found) return undefined;
  const [, sign, hours = "0", beijing] = found;
  if (beijing) return "Asia/Shanghai";
  const offset = Number(hours);
  if (sign === undefined || offset === 0) return "UTC";
  if (offset > (sign === "+" ? 14 : 12)) return undefined;
  // Names of this kind count hours west of Greenwich.
  return `Etc/GMT${sign === "+" ? "-" : "+"}${offset}`;
}
