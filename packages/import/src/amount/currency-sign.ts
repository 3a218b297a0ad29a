/**
 * Currencies that a sign or word may stand for. `¥` is used for two, `$` and 元 for many: an amount is refused only when the
 * tenant's currency is none of them.
 */
const SIGNS: Readonly<Record<string, string>> = {
  "¥": "CNY JPY",
  "￥": "CNY JPY",
  "CN¥": "CNY",
  "JP¥": "JPY",
  RMB: "CNY",
  人民币: "CNY",
  元: "CNY TWD HKD MOP",
  圆: "CNY JPY",
  块: "CNY",
  円: "JPY",
  $: "USD AUD CAD HKD SGD TWD MXN NZD ARS CLP COP BRL MOP",
  US$: "USD",
  A$: "AUD",
  AU$: "AUD",
  C$: "CAD",
  CA$: "CAD",
  HK$: "HKD",
  S$: "SGD",
  NT$: "TWD",
  MX$: "MXN",
  NZ$: "NZD",
  R$: "BRL",
  MOP$: "MOP",
  美元: "USD",
  美金: "USD",
  港币: "HKD",
  港元: "HKD",
  新台币: "TWD",
  台币: "TWD",
  日元: "JPY",
  欧元: "EUR",
  英镑: "GBP",
  "€": "EUR",
  "£": "GBP EGP",
  "₩": "KRW",
  "￦": "KRW",
  "₹": "INR",
  Rs: "INR PKR LKR NPR MUR",
  "₽": "RUB",
  "฿": "THB",
  "₫": "VND",
  đ: "VND",
  "₱": "PHP",
  "₺": "TRY",
  "₪": "ILS",
  "₴": "UAH",
  "₦": "NGN",
  Rp: "IDR",
  RM: "MYR",
  kr: "SEK NOK DKK ISK",
  zł: "PLN",
};

const KNOWN = new Map(
  Object.entries(SIGNS).map(([sign, currencies]) => [sign.toLowerCase(), new Set(currencies.split(" "))] as const),
);

/** True when a sign, a word or a code of ISO 4217 may mean a currency; undefined when it is none. */
export function maySay(sign: string, currency: string): boolean | undefined {
  const bare = sign.replace(/\.$/, "");
  const known = KNOWN.get(bare.toLowerCase());
  if (known) return known.has(currency);
  return /^[A-Za-z]{3}$/.test(bare) ? bare.toUpperCase() === currency : undefined;
}
