// The parts beside the transcript, in their order. Each is a component without properties that asks
// useMeeting() for what it shows.
import type { ComponentType } from "react";
import { en } from "@/strings/en";
import { AskPanel } from "./ask/ask-panel";
import { MetricsPanel } from "./metrics/metrics-panel";
import { MinutesPanel } from "./minutes/minutes-panel";
import { SpeakersPanel } from "./speakers/speakers-panel";

export interface PanelEntry {
  id: string;
  label: string;
  Panel: ComponentType;
}

export const panels: readonly PanelEntry[] = [
  { id: "minutes", label: en.minutes.title, Panel: MinutesPanel },
  { id: "metrics", label: en.metrics.title, Panel: MetricsPanel },
  { id: "ask", label: en.results.ask.title, Panel: AskPanel },
  { id: "speakers", label: en.meeting.panels.speakers, Panel: SpeakersPanel },
];
