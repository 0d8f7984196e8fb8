"use client";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { keys } from "@/features/meetings/queries";
import { type Analysis, editAnalysis, getAnalysis, type Job, type Transcript } from "@/lib/api/client";
import { EditQueue, type EditState } from "./model/edit-queue";
import { indexWords, type WordIndex } from "./model/word-index";
import { Player } from "./player/player";
import { speakerColour, speakerName } from "./speaker-names";

/** What every part of the meeting page works with. */
export interface Meeting {
  job: Job;
  /** as it is with all corrections, also those that are still on their way to the server */
  analysis: Analysis;
  transcript: Transcript | null;
  words: WordIndex;
  /** `player.seek(ms, { play: true })`; the time by usePlayerTime(player, stepMs) or player.onTime() */
  player: Player;
  /** corrections: `edits.change(changeName(analysis, "S1", "Ann"))`, `edits.undo()` */
  edits: EditQueue;
  editState: EditState;
  nameOf: (label: string | null) => string;
  colourOf: (label: string | null) => string;
  /** Shows a segment of the transcript, and marks it. */
  reveal: (segment: number) => void;
  /** Asks for the job again, as after redo. */
  refetchJob: () => void;
}

const Context = createContext<Meeting | null>(null);
const Revealed = createContext<{ segment: number; n: number } | null>(null);

export function useMeeting(): Meeting {
  const meeting = useContext(Context);
  if (!meeting) throw new Error("useMeeting() works inside <MeetingProvider> only");
  return meeting;
}

/** The segment that somebody asked to be shown; `n` counts the wishes. */
export const useRevealed = () => useContext(Revealed);

interface Props {
  job: Job;
  analysis: Analysis;
  refetchJob: () => void;
  children: ReactNode;
}

export function MeetingProvider({ job, analysis: read, refetchJob, children }: Props) {
  const { jobId } = job;
  const client = useQueryClient();
  const [player] = useState(() => new Player(read.durationMs ?? job.durationMs ?? 0));
  const [edits] = useState(
    () =>
      new EditQueue(read, {
        read: () => getAnalysis(jobId),
        patch: (edit) => editAnalysis(jobId, edit),
        onSaved: (saved) => client.setQueryData(keys.analysis(jobId), saved),
      }),
  );
  useEffect(() => edits.replace(read), [edits, read]);
  const editState = useSyncExternalStore(edits.subscribe, edits.state, edits.state);
  const { analysis } = editState;
  const transcript = analysis.transcript;
  const [revealed, setRevealed] = useState<{ segment: number; n: number } | null>(null);
  const reveal = useCallback((segment: number) => setRevealed((last) => ({ segment, n: (last?.n ?? 0) + 1 })), []);

  useEffect(() => {
    if (editState.unsaved === 0) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [editState.unsaved]);

  const words = useMemo(() => indexWords(transcript?.segments ?? []), [transcript?.segments]);
  const nameOf = useCallback((label: string | null) => speakerName(transcript?.speakers, label), [transcript?.speakers]);
  const meeting = useMemo<Meeting>(
    () => ({ job, analysis, transcript, words, player, edits, editState, nameOf, colourOf: speakerColour, reveal, refetchJob }),
    [job, analysis, transcript, words, player, edits, editState, nameOf, reveal, refetchJob],
  );
  return (
    <Context value={meeting}>
      <Revealed value={revealed}>{children}</Revealed>
    </Context>
  );
}
