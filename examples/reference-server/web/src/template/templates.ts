import { useQuery } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue } from "vue";
import type { Got } from "../api/answers";
import { answer, api } from "../api/client";
import type { paths } from "../api/schema";

export type Template = Got<"/api/templates/{id}">;
export type TemplateBody = paths["/api/templates"]["post"]["requestBody"]["content"]["application/json"];
export function useTemplate(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["template", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.GET("/api/templates/{id}", { params: { path: { id: toValue(id) } }, signal })),
    enabled: () => toValue(id) > 0,
  });
}
