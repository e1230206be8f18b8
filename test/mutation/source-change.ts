/** One change of a file of ours, made as it is loaded and never on disk. */
export interface SourceChange {
  /** From the project's folder. */
  file: string;
  /** Stands in the file once. */
  from: string;
  to: string;
}

/** Throws where the file does not hold what is changed, or holds it more than once. */
export function changeSource(source: string, { file, from, to }: SourceChange): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times what is to be changed: ${from}`);
  return parts.join(to);
}
