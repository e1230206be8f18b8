/** A licence is what the customer paid for, and whoever has the signature can forge every event. */
const secretFields = /("(?:licen[cs]e_key|signature)"\s*:\s*)("(?:\\.|[^"\\])*"?|[^,}\]\s]+)/gi;

/** Works on the text, so that a body that is cut or no JSON shows nothing either. */
export function strikePayhipSecrets(text: string): string {
  return text.replace(secretFields, '$1"…"');
}
