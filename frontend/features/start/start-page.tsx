import { en } from "@/strings/en";

export function StartPage() {
  return <h1>{en.start.title}</h1>;
}
