import { useQuery } from "@tanstack/vue-query";
import { answer, api } from "../api/client";
import type { PushPreview } from "../rule/pushes";

/** Whom a push would reach if it went out now; asked anew for every question. */
export function useSendPreview(ruleId: number) {
  return useQuery({
    queryKey: ["send-preview", ruleId],
    queryFn: ({ signal }) => answer(api.POST("/wechatpush/preview", { body: { id: ruleId }, signal })),
    select: ({ data }) => data,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
}

/** People who get it; undefined while that is not known for everybody. */
export function exactPeople({ asked, count, contacted }: Pick<PushPreview, "asked" | "count" | "contacted">) {
  return asked >= count ? contacted : undefined;
}
