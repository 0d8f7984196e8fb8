"use client";
import { useCallback, useSyncExternalStore } from "react";
import type { Player, PlayerState } from "./player";

export function usePlayerState(player: Player): PlayerState {
  return useSyncExternalStore(player.onState, player.state, player.state);
}

/** The time, in whole steps: the component renders once for each, not once for each frame. */
export function usePlayerTime(player: Player, stepMs = 1000): number {
  const look = useCallback(() => Math.floor(player.timeMs / stepMs) * stepMs, [player, stepMs]);
  return useSyncExternalStore(player.onTime, look, () => 0);
}
