import { useQuery } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue } from "vue";
import type { Got } from "../api/answers";
import { answer, api } from "../api/client";
import { figure } from "../shell/format";

export type Coupon = Got<"/api/coupons/{id}">;

/** A coupon as a form holds it; amounts in major units, times as the browser's fields write them. */
export interface CouponForm {
  name: string;
  title: string;
  terms: string;
  stock: number | "";
  perPerson: number;
  validFrom: string;
  validTo: string;
  value: number | "";
  minSpend: number | "";
  codes: "generated" | "imported";
  claimValidDays: number | "";
}

/** How many were claimed of how many; a coupon without a stock has no end. */
export function stockOf({ stock, stock_left: left }: Pick<Coupon, "stock" | "stock_left">, endless: string): string {
  if (stock === null) return endless;
  return `${figure(left === null ? null : stock - left)} / ${figure(stock)}`;
}

/** Whether it can be claimed now. */
export function phaseOf({ closed_at, valid_from, valid_to, stock_left }: Coupon, now: number) {
  if (closed_at !== null) return "closed";
  if (now >= valid_to) return "over";
  if (now < valid_from) return "soon";
  return stock_left === 0 ? "empty" : "open";
}

export function useCoupon(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["coupon", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.GET("/api/coupons/{id}", { params: { path: { id: toValue(id) } }, signal })),
  });
}

const minor = (amount: number | "") => (amount === "" ? null : Math.round(amount * 100));

/** What a new coupon is made of. */
export function bodyOf(form: CouponForm) {
  const { name, title, terms, stock, perPerson, validFrom, validTo, value, minSpend, codes, claimValidDays } = form;
  return {
    ...{ name, title: title || null, terms: terms || null, codes, per_person: perPerson },
    ...{ stock: stock === "" ? null : stock, valid_from: validFrom, valid_to: validTo },
    ...{ value_minor: minor(value), min_spend_minor: minor(minSpend) },
    claim_valid_days: claimValidDays === "" ? null : claimValidDays,
  };
}
