import { useQuery } from "@tanstack/vue-query";
import { answer, api } from "../api/client";
import type { LabelField } from "./push-form";

/** A label that can be chosen. */
export interface Choice {
  readonly value: string;
  readonly text: string;
}

type Library = Readonly<Record<LabelField, readonly Choice[]>>;

const SKU_PAGES = 5;

/** Labels of the shop by the field of a push that takes them; of the SKUs the first thousand, others are typed in. */
export function useLabelLibrary() {
  return useQuery({ queryKey: ["labels"], queryFn: ({ signal }) => readLibrary(signal), staleTime: 60_000 });
}

async function readLibrary(signal: AbortSignal): Promise<Library> {
  const first = (await answer(api.POST("/wechatpush/labels", { body: {}, signal }))).data;
  const skus = [...first.skuLabels];
  let after = first.nextSkuAfter;
  for (let page = 1; page < SKU_PAGES && after !== null; page += 1) {
    const { data } = await answer(api.POST("/wechatpush/labels", { body: { skuAfter: after }, signal }));
    skus.push(...data.skuLabels);
    after = data.nextSkuAfter;
  }
  const named = (list: readonly { id: string; name: string }[]) =>
    list.map(({ id, name }) => ({ value: id, text: id === name ? id : `${name} · ${id}` }));
  const plain = (list: readonly string[]) => list.map((name) => ({ value: name, text: name }));
  return {
    cityLabels: plain(first.cityLabels),
    storeLabels: named(first.storeLabels),
    brandLabels: plain(first.brandLabels),
    cateLabels: named(first.cateLabels),
    skuLabels: named(skus),
  };
}
