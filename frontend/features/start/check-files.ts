// What is plainly no recording is refused here, with a sentence; everything else the server looks into.
import { en } from "@/strings/en";

const NOT_AUDIO = /^(image|text|font)\/|^application\/(pdf|zip|json|gzip|vnd\.openxmlformats|msword|vnd\.ms-(excel|powerpoint))/;

export interface Checked {
  good: File[];
  problems: string[];
}

export function checkFiles(files: readonly File[]): Checked {
  const good: File[] = [];
  const problems: string[] = [];
  for (const file of files) {
    if (file.size === 0) problems.push(en.start.emptyFile(file.name));
    else if (NOT_AUDIO.test(file.type)) problems.push(en.start.notAudio(file.name));
    else good.push(file);
  }
  return { good, problems };
}
