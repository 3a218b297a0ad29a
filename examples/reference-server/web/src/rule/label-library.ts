import { useQuery } from "@tanstack/vue-query";
import type { Ref } from "vue";
import { answer, api } from "../api/client";
import type { LabelField } from "./push-form";

/** A label that can be chosen. */
export interface Choice {
  readonly value: string;
  readonly text: string;
}

type Library = Readonly<Record<LabelField, readonly Choice[]>>;

/** SKUs that a list shows at once; typing narrows them down. */
const MOST_SHOWN = 100;

/** Labels of the shop by the field of a push that takes them; SKUs are the first ones, others are found by what is typed. */
export function useLabelLibrary() {
  return useQuery({ queryKey: ["labels"], queryFn: ({ signal }) => readLibrary(signal), staleTime: 60_000 });
}

/** SKUs that begin with a text: one page, however many there are. Nothing typed: those of the library. */
export function useSkus(typed: Ref<string>) {
  return useQuery({
    queryKey: ["skus", typed],
    async queryFn({ signal }) {
      const body = { skuAfter: justBefore(typed.value) };
      const { data } = await answer(api.POST("/wechatpush/labels", { body, signal }));
      return data.skuLabels
        .filter(({ id }) => id.startsWith(typed.value))
        .slice(0, MOST_SHOWN)
        .map(choice);
    },
    enabled: () => typed.value !== "",
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

/** A text right before all that begin with another one, in the order of their bytes. */
function justBefore(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return `${text.slice(0, -1)}${last > 1 ? `${String.fromCharCode(last - 1)}\u{fffd}` : ""}`;
}

const choice = ({ id, name }: { readonly id: string; readonly name: string }): Choice => ({
  value: id,
  text: id === name ? id : `${name} · ${id}`,
});

async function readLibrary(signal: AbortSignal): Promise<Library> {
  const { data: first } = await answer(api.POST("/wechatpush/labels", { body: {}, signal }));
  const plain = (list: readonly string[]) => list.map((name) => ({ value: name, text: name }));
  return {
    cityLabels: plain(first.cityLabels),
    storeLabels: first.storeLabels.map(choice),
    brandLabels: plain(first.brandLabels),
    cateLabels: first.cateLabels.map(choice),
    skuLabels: first.skuLabels.slice(0, MOST_SHOWN).map(choice),
  };
}
