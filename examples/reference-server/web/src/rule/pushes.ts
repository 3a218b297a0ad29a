import { useMutation, useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue } from "vue";
import { answer, api } from "../api/client";
import type { paths } from "../api/schema";

type Answer<P extends "/wechatpush/info" | "/wechatpush/lists" | "/wechatpush/preview"> =
  paths[P]["post"]["responses"][200]["content"]["application/json"]["data"];

/** A push as it is read. */
export type PushInfo = Answer<"/wechatpush/info">;
/** A row of the list. */
export type PushRow = Answer<"/wechatpush/lists">["data"][number];
/** What a push would do. */
export type PushPreview = Omit<Answer<"/wechatpush/preview">, "segments">;
/** A push as it is written. */
export type PushBody = paths["/wechatpush/create"]["post"]["requestBody"]["content"]["application/json"];

/** Filter of the list, as the address holds it. */
export interface PushFilter {
  readonly searchText: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly page: number;
}

const PAGE = 20;

export function usePushes(filter: MaybeRefOrGetter<PushFilter>) {
  return useQuery({
    queryKey: ["pushes", computed(() => toValue(filter))],
    queryFn: ({ signal }) =>
      answer(api.POST("/wechatpush/lists", { body: { ...toValue(filter), pagesize: PAGE }, signal })),
    select: ({ data }) => data,
    placeholderData: (before) => before,
  });
}

export function usePush(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["push", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.POST("/wechatpush/info", { body: { id: toValue(id) }, signal })),
    select: ({ data }) => data,
    enabled: () => toValue(id) > 0,
  });
}

/** Pauses and resumes. */
export function usePushStatus() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, status }: { readonly id: number; readonly status: 0 | 1 }) =>
      answer(api.POST("/wechatpush/editstatus", { body: { id, status } })),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["pushes"] }),
        client.invalidateQueries({ queryKey: ["push"] }),
      ]),
  });
}

export function usePushRemoval() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => answer(api.POST("/wechatpush/delete", { body: { id } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["pushes"] }),
  });
}
