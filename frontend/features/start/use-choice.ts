"use client";
import { useEffect, useState } from "react";
import { type Choice, noChoice, readChoice, writeChoice } from "./options";

/** The options, as they were chosen last time. */
export function useChoice(): [Choice, (choice: Choice) => void] {
  const [choice, setChoice] = useState(noChoice);
  useEffect(() => setChoice(readChoice()), []); // not before: the exported page knows no browser
  return [
    choice,
    (next) => {
      setChoice(next);
      writeChoice(next);
    },
  ];
}
