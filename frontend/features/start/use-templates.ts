"use client";
import { useQuery } from "@tanstack/react-query";
import { getMinutesChoices } from "@/lib/api/client";

const none: readonly string[] = [];

/** Kinds of meetings to choose from. None where no language model writes minutes: only for those they matter. */
export function useTemplates(): readonly string[] {
  const { data } = useQuery({
    queryKey: ["minutes-choices"],
    queryFn: ({ signal }) => getMinutesChoices(signal),
    staleTime: 300_000,
  });
  return data?.providers.some(({ provider }) => provider !== "builtin") ? data.templates : none;
}
